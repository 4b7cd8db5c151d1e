# SPDX-License-Identifier: MIT
# Structure offsets for assembly. Needs $(CC), $(CFLAGS) and $(BUILD) (the
# hypervisor's build directory); add -I$(BUILD) when assembling entry/*.S.

$(BUILD)/asm-offsets.h: entry/offsets.c
	@mkdir -p $(dir $@)
	$(Q)$(CC) $(CFLAGS) -MMD -MP -MT $@ -MF $@.d -S -o $(BUILD)/asm-offsets.s $<
	@( echo "/* Generated from entry/offsets.c. */"; \
	  sed -n 's/.*"->\([A-Za-z0-9_]*\) \(-\?[0-9]*\)".*/#define \1 \2/p' $(BUILD)/asm-offsets.s ) > $@

-include $(BUILD)/asm-offsets.h.d

$(BUILD)/entry/entry.o $(BUILD)/entry/mitigated.o $(BUILD)/entry/syscall_stub.o: $(BUILD)/asm-offsets.h
