/* SPDX-License-Identifier: MIT */
/*
 * A machine of plain memory with three guests.
 */
#include "machine.h"

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/domains.h"
#include "daemon/guest.h"
#include "daemon/ops.h"

struct store store;
struct xenstore_domain_interface pages[GUESTS];
int gone;
char answer[XENSTORE_PAYLOAD_MAX + 1];

static int fake_map(uint16_t domid, uint64_t mfn, struct hv_page *page)
{
	if (domid >= GUESTS || domid == gone || mfn != 100u + domid)
		return -EINVAL;
	page->addr = &pages[domid];
	return 0;
}

static int fake_map_own(struct hv_page *page, uint32_t *port)
{
	page->addr = &pages[0];
	*port = 1;
	return 0;
}

static void fake_unmap(struct hv_page *page)
{
	page->addr = NULL;
}

static int fake_bind(uint16_t domid, uint32_t remote_port)
{
	return remote_port == 7u + domid ? 1000 + domid : -EINVAL;
}

static void fake_port(uint32_t port)
{
	(void)port;
}

static int fake_state(uint16_t domid)
{
	return domid < GUESTS && domid != gone ? HV_DOMAIN_EXISTS : 0;
}

const struct hv machine_hv = {
	.map_ring = fake_map,
	.map_own_ring = fake_map_own,
	.unmap = fake_unmap,
	.bind = fake_bind,
	.unbind = fake_port,
	.notify = fake_port,
	.domain_state = fake_state,
};

const struct access_id root = { .target = ACCESS_NO_TARGET, .privileged = true };

void machine_start(void)
{
	ck_assert_int_eq(store_init(&store), 0);
	domains_init(&machine_hv, &store);
}

void machine_end(void)
{
	domains_close_all();
	conn_reap();
	store_clear(&store);
}

void machine_setup(void)
{
	struct perm owner = { 0, PERM_READ };
	char path[32];

	gone = -1;
	memset(pages, 0, sizeof(pages));
	conn_set_handler(ops_handle);
	machine_start();
	for (uint16_t i = 1; i < GUESTS; i++) {
		snprintf(path, sizeof(path), "/local/domain/%u", i);
		store_mkdir(&store, NULL, &root, path);
		owner.domid = i;
		store_set_perms(&store, NULL, &root, path, &owner, 1);
		ck_assert_int_eq(domains_introduce(i, 100u + i, 7u + i), 0);
	}
}

void settle(void)
{
	do {
		guest_service_pending();
		conn_reap();
	} while (guest_any_pending());
}

void put_bytes(uint16_t domid, const void *data, size_t len)
{
	struct xenstore_domain_interface *page = &pages[domid];

	for (size_t i = 0; i < len; i++)
		page->req[MASK_XENSTORE_IDX(page->req_prod++)] = ((const char *)data)[i];
}

size_t get_bytes(uint16_t domid, void *out, size_t len)
{
	struct xenstore_domain_interface *page = &pages[domid];
	size_t n;

	for (n = 0; n < len && page->rsp_cons != page->rsp_prod; n++)
		((char *)out)[n] = page->rsp[MASK_XENSTORE_IDX(page->rsp_cons++)];
	return n;
}

int get_message(uint16_t domid)
{
	struct xsd_sockmsg hdr;

	if (get_bytes(domid, &hdr, sizeof(hdr)) != sizeof(hdr))
		return -1;
	ck_assert_uint_le(hdr.len, XENSTORE_PAYLOAD_MAX);
	ck_assert_uint_eq(get_bytes(domid, answer, hdr.len), hdr.len);
	answer[hdr.len] = '\0';
	return (int)hdr.type;
}

int call(uint16_t domid, uint32_t type, uint32_t txn, const char *payload, size_t len)
{
	struct xsd_sockmsg hdr = { .type = type, .tx_id = txn, .len = (uint32_t)len };

	put_bytes(domid, &hdr, sizeof(hdr));
	put_bytes(domid, payload, len);
	domains_event(1000u + domid);
	settle();
	return get_message(domid);
}

void refused(uint16_t domid, uint32_t type, uint32_t txn, const char *payload, size_t len,
	     const char *name)
{
	ck_assert_int_eq(call(domid, type, txn, payload, len), XS_ERROR);
	ck_assert_str_eq(answer, name);
}

void machine_kill(uint16_t domid)
{
	gone = domid;
	domains_check();
	settle();
}

void machine_reborn(uint16_t domid)
{
	gone = -1;
	memset(&pages[domid], 0, sizeof(pages[domid]));
	ck_assert_int_eq(domains_introduce(domid, 100u + domid, 7u + domid), 0);
	settle();
}

void expect_value(const char *path, const char *value)
{
	const struct node *node = tree_find(store.root, path);

	ck_assert_ptr_nonnull(node);
	ck_assert_uint_eq(node->value_len, strlen(value));
	ck_assert_mem_eq(node_value(node), value, strlen(value));
}

uint32_t begin_txn(uint16_t domid)
{
	ck_assert_int_eq(CALL(domid, XS_TRANSACTION_START, 0, ""), XS_TRANSACTION_START);
	return (uint32_t)strtoul(answer, NULL, 10);
}
