# SPDX-License-Identifier: MIT
# The whole project.  Each part has a Makefile of its own; this one calls them.
#
#   make run	boot hypervisor, control domain and a shell in QEMU
#   make test	all tests on a fixed diagonal of machines
#   make help	the rest

BUILD := $(CURDIR)/build
J := -j$(shell nproc)

all: hypervisor xenstore toolstack

# Tools first: everything below starts a compiler or reads a Debian package.
need-%:
	@.ci/need $*

hypervisor xenstore: need-build
	@$(MAKE) -s --no-print-directory $(J) -C $@ all

toolstack: xenstore
	@$(MAKE) -s --no-print-directory $(J) -C toolstack/unpack all
	@$(MAKE) -s --no-print-directory $(J) -C $@ all

kernel: need-build
	@guest-patches/build-kernel $(BUILD)/kernel

image: kernel xenstore toolstack
	@toolstack/image/build-image guest $(BUILD)/image/guest.img
	@toolstack/image/build-image dom0 $(BUILD)/image/dom0.img

# A CD or USB stick that boots from BIOS and UEFI.
iso: need-iso hypervisor image
	@toolstack/image/build-iso $(BUILD)/image/lamina.iso

# The same control domain with Debian's xl beside our tools, for comparison.
peer-image: need-test image
	@toolstack/image/build-image peer $(BUILD)/image/peer.img

run: hypervisor image
	@toolstack/image/run-machine

test: need-test all image peer-image
	@tests/run test

test-all: need-test all image peer-image
	@tests/run test-all

soak: need-test all image peer-image
	@tests/run soak

fuzz: need-test hypervisor
	@tests/fuzz/run --tier test-all

# What of the hypervisor the fuzzer and the tiny guests run.
coverage: need-test
	@tests/fuzz/coverage

lint: need-test
	@tests/lint/run

format: need-test
	@tests/lint/format

# What of the ABI no test proves; nothing is the aim.  V=1 prints every row with its proofs.
abi-coverage: need-build
	@tests/abi/coverage $(if $(V),--table)

bench: need-test all image peer-image
	@tests/bench/run
	@tests/bench/lifecycle

# Our store's daemon beside both of Xen's, on this host.  ARGS: see the program's --help.
bench-xenstore: need-test xenstore
	@tests/bench/xenstore $(ARGS)

bounds: need-test all
	@tests/bounds/run --top 20

clean:
	rm -rf $(BUILD)

help:
	@echo 'make run       boot it all in QEMU and land in the control domain'
	@echo '               (first time about 10 minutes on 2 processors, then seconds)'
	@echo 'make iso       build/image/lamina.iso, which boots from BIOS and UEFI'
	@echo 'make test      every test, on a fixed diagonal of machines: about 15 minutes'
	@echo 'make test-all  every test on every machine: -smp 1, 2, 4 and three CPU models'
	@echo 'make soak      hundreds of repetitions'
	@echo 'make fuzz      five minutes of random operations of a guest, from new seeds'
	@echo 'make coverage  lines of the hypervisor that the fuzzer and the tiny guests run'
	@echo 'make lint      layering, sizes, format, static checks'
	@echo 'make format    bring every C file into the one format'
	@echo 'make abi-coverage   what of the ABI no test proves (V=1: all of it, with the proofs)'
	@echo 'make bench     path lengths and times, beside Linux on metal and on Xen 4.17'
	@echo 'make bench-xenstore  our xenstored beside both of Xen'"'"'s: rates, waits, memory'
	@echo 'make bounds    the longest stretches of the hypervisor in which others wait'
	@echo 'make           build hypervisor, xenstore and toolstack'
	@echo 'make clean     remove build/ (the kernel stays in $${LAMINA_CACHE:-~/.cache/lamina})'

.PHONY: all hypervisor xenstore toolstack kernel image iso peer-image run test test-all soak \
	fuzz coverage lint format abi-coverage bench bench-xenstore bounds clean help
