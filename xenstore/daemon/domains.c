/* SPDX-License-Identifier: MIT */
/*
 * The domains that were introduced.
 */
#include "daemon/domains.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/dlog.h"
#include "daemon/features.h"
#include "daemon/guest.h"
#include "daemon/record.h"
#include "store/forget.h"
#include "store/permset.h"

#define DOMAIN_COUNT (UINT16_MAX + 1)

struct domain {
	struct guest *guest;
	/* As it was introduced, for a successor of this process. */
	uint64_t mfn;
	uint32_t remote_port;
	/* Its shutdown was announced already. */
	bool shutdown;
};

/* Untouched pages of these tables cost nothing. */
static struct domain *table[DOMAIN_COUNT];
static struct domain **by_port;
static uint32_t port_count;

static const struct hv *the_hv;
static struct store *the_store;
/* Domains that could not be connected again, by bits: watchers must hear of it. */
static uint8_t lost[DOMAIN_COUNT / 8];
static bool lost_any;

/* True if a domain can be given rights: it is there, and not on its way out. */
static bool domain_exists(uint16_t domid)
{
	bool exists;
	int state;

	if (!domid || table[domid])
		return true;
	state = the_hv->domain_state(domid);
	/* If the hypervisor does not say, nobody is deprived of anything. */
	exists = state < 0 || ((state & HV_DOMAIN_EXISTS) && !(state & HV_DOMAIN_DYING));
	record_fact(RECORD_EXISTS, exists, domid);
	return exists;
}

void domains_init(const struct hv *hv, struct store *store)
{
	the_hv = hv;
	the_store = store;
	store->domain_exists = hv ? domain_exists : NULL;
}

static int remember_port(struct domain *domain)
{
	uint32_t port = domain->guest->port;

	if (port >= port_count) {
		uint32_t count = port + 64;
		struct domain **grown = realloc(by_port, count * sizeof(*by_port));

		if (!grown)
			return -ENOMEM;
		memset(grown + port_count, 0, (count - port_count) * sizeof(*by_port));
		by_port = grown;
		port_count = count;
	}
	by_port[port] = domain;
	return 0;
}

static void forget_port(const struct domain *domain)
{
	uint32_t port = domain->guest->port;

	if (port && port < port_count)
		by_port[port] = NULL;
}

static int bind(struct domain *domain, uint32_t port)
{
	int rc;

	forget_port(domain);
	rc = guest_bind(domain->guest, port);
	if (!rc)
		rc = remember_port(domain);
	domain->remote_port = port;
	return rc;
}

static void record_connection(enum record_type type, uint16_t domid, bool successor)
{
	struct record_domain record = {
		.mfn = table[domid]->mfn,
		.remote_port = table[domid]->remote_port,
		.successor = successor,
	};

	record_data(type, 0, domid, &record, sizeof(record));
}

/* Makes a connection on a mapped page, which is given up on failure. */
static int attach(uint16_t domid, struct hv_page *page, uint64_t mfn, uint32_t port)
{
	struct domain *domain = calloc(1, sizeof(*domain));
	int rc;

	if (!domain) {
		the_hv->unmap(page);
		return -ENOMEM;
	}
	rc = guest_new(the_hv, the_store, domid, !domid, *page, &domain->guest);
	if (rc) {
		the_hv->unmap(page);
		free(domain);
		return rc;
	}
	rc = bind(domain, port);
	if (rc) {
		forget_port(domain);
		guest_close(domain->guest);
		free(domain);
		return rc;
	}
	domain->mfn = mfn;
	table[domid] = domain;
	record_connection(RECORD_CONNECT, domid, false);
	return 0;
}

static int connect(uint16_t domid, struct hv_page *page, uint64_t mfn, uint32_t port)
{
	int rc = attach(domid, page, mfn, port);

	if (rc)
		return rc;
	/* The domain may have asked before it was introduced. */
	guest_kick(table[domid]->guest);
	guest_service(table[domid]->guest);
	return 0;
}

int domains_introduce_own(void)
{
	struct hv_page page;
	uint32_t port;
	int rc = the_hv->map_own_ring(&page, &port);

	return rc ? rc : connect(0, &page, 0, port);
}

static void lose(uint16_t domid)
{
	lost[domid / 8] |= (uint8_t)(1u << (domid % 8));
	lost_any = true;
}

int domains_restore(struct domain_facts *facts)
{
	struct domain *domain;
	struct hv_page page;
	int rc;

	if (!the_hv || table[facts->domid])
		return -EINVAL;
	if (facts->domid)
		rc = the_hv->map_ring(facts->domid, facts->mfn, &page);
	else
		/* Its port may be another by now. */
		rc = the_hv->map_own_ring(&page, &facts->remote_port);
	if (!rc)
		rc = attach(facts->domid, &page, facts->mfn, facts->remote_port);
	if (rc) {
		lose(facts->domid);
		return rc;
	}
	domain = table[facts->domid];
	domain->shutdown = facts->shutdown;
	facts->guest = domain->guest;
	return 0;
}

int domains_each(int (*visit)(const struct domain_facts *facts, void *arg), void *arg)
{
	int rc = 0;

	for (size_t i = 0; i < DOMAIN_COUNT && !rc; i++) {
		const struct domain *domain = table[i];
		struct domain_facts facts = { .domid = (uint16_t)i };

		if (!domain)
			continue;
		facts.guest = domain->guest;
		facts.mfn = domain->mfn;
		facts.remote_port = domain->remote_port;
		facts.shutdown = domain->shutdown;
		rc = visit(&facts, arg);
	}
	return rc;
}

void domains_service_all(void)
{
	for (size_t i = 0; i < DOMAIN_COUNT; i++) {
		if (!table[i])
			continue;
		guest_kick(table[i]->guest);
		guest_service(table[i]->guest);
	}
}

static void tell_release(uint16_t domid)
{
	store_fire_release_of(the_store, domid);
	store_fire_release(the_store);
}

/*
 * INTRODUCE of a domain that is connected: it resumed with a new event channel,
 * or it is a successor of one whose death was not heard of yet.
 */
static int introduce_again(uint16_t domid, uint64_t mfn, uint32_t port)
{
	struct domain *domain = table[domid];
	bool successor = false;
	struct hv_page page;
	int rc;

	if (domid) {
		rc = the_hv->map_ring(domid, mfn, &page);
		if (rc)
			return rc;
		successor = guest_remap(domain->guest, page);
		domain->mfn = mfn;
	}
	if (successor) {
		domain->shutdown = false;
		tell_release(domid);
		store_fire_introduce(the_store, domid);
	}
	rc = bind(domain, port);
	record_connection(RECORD_AGAIN, domid, successor);
	if (!rc)
		guest_service(domain->guest);
	return rc;
}

int domains_introduce(uint16_t domid, uint64_t mfn, uint32_t port)
{
	struct hv_page page;
	int rc;

	if (table[domid])
		return introduce_again(domid, mfn, port);
	if (!the_hv)
		return -EINVAL;
	if (!domain_exists(domid)) {
		dlog("domain %u: cannot be introduced, there is no such domain", domid);
		return -ENOENT;
	}
	rc = the_hv->map_ring(domid, mfn, &page);
	if (rc) {
		dlog("domain %u: its ring cannot be mapped, by grant or frame %#llx", domid,
		     (unsigned long long)mfn);
		return rc;
	}
	rc = connect(domid, &page, mfn, port);
	if (rc) {
		dlog("domain %u: its event channel %u cannot be bound: %s", domid, port,
		     strerror(-rc));
		return rc;
	}
	dlog_trace("domain %u: introduced, port %u", domid, port);
	store_fire_introduce(the_store, domid);
	return 0;
}

static void disconnect(uint16_t domid)
{
	struct domain *domain = table[domid];

	record_fact(RECORD_DISCONNECT, 0, domid);
	forget_port(domain);
	guest_close(domain->guest);
	free(domain);
	table[domid] = NULL;
	dlog_trace("domain %u: released", domid);
}

int domains_replay_forget(uint16_t domid)
{
	features_forget(domid);
	return forget_domain(the_store, domid);
}

/* Takes away what a domain that is no more could leave to its successor. */
static void forget(uint16_t domid)
{
	int rc = domains_replay_forget(domid);

	if (!rc)
		record_fact(RECORD_FORGET, 0, domid);
	else
		dlog("domain %u: cannot remove what it leaves: %s", domid, strerror(-rc));
}

/* A domain that is no more, or not connected, cannot lend its rights. */
static void end_loans(uint16_t target)
{
	for (size_t i = 0; i < DOMAIN_COUNT; i++) {
		struct access_id *id;

		if (!table[i])
			continue;
		id = &table[i]->guest->conn.id;
		if (id->target == target)
			id->target = ACCESS_NO_TARGET;
	}
	record_fact(RECORD_LOANS, 0, target);
}

int domains_release(uint16_t domid)
{
	if (!domid)
		return -EINVAL;
	if (!table[domid])
		return -ENOENT;
	disconnect(domid);
	/* Its death may come unnoticed: nothing else of it need be known here. */
	end_loans(domid);
	if (!domain_exists(domid))
		forget(domid);
	tell_release(domid);
	return 0;
}

int domains_resume(uint16_t domid)
{
	if (!table[domid])
		return -ENOENT;
	table[domid]->shutdown = false;
	record_fact(RECORD_SHUTDOWN, false, domid);
	return 0;
}

int domains_set_target(uint16_t domid, uint16_t target)
{
	if (!table[domid] || !table[target])
		return -ENOENT;
	table[domid]->guest->conn.id.target = target;
	record_data(RECORD_TARGET, 0, domid, &(uint32_t){ target + 1u }, sizeof(uint32_t));
	return 0;
}

bool domains_exists(uint16_t domid)
{
	return !the_hv || domain_exists(domid);
}

bool domains_introduced(uint16_t domid)
{
	return table[domid];
}

void domains_event(uint32_t port)
{
	if (port < port_count && by_port[port])
		guest_service(by_port[port]->guest);
}

/* True if watchers must be told of a change in the domain's state. */
static bool check_domain(uint16_t domid)
{
	struct domain *domain = table[domid];
	int state = the_hv->domain_state(domid);

	if (state < 0)
		return false;
	if (!(state & HV_DOMAIN_EXISTS) || (state & HV_DOMAIN_DYING)) {
		bool told = domain;

		if (domain)
			disconnect(domid);
		end_loans(domid);
		forget(domid);
		return told;
	}
	if (domain && (state & HV_DOMAIN_SHUTDOWN) && !domain->shutdown) {
		domain->shutdown = true;
		record_fact(RECORD_SHUTDOWN, true, domid);
		return true;
	}
	return false;
}

static bool check_and_tell(uint16_t domid)
{
	bool tell = check_domain(domid);

	if (tell)
		store_fire_release_of(the_store, domid);
	return tell;
}

static void tell_lost(void)
{
	for (size_t i = 0; i < DOMAIN_COUNT; i++) {
		if (lost[i / 8] & (1u << (i % 8)))
			store_fire_release_of(the_store, (uint16_t)i);
	}
	memset(lost, 0, sizeof(lost));
	lost_any = false;
}

void domains_check(void)
{
	uint8_t *named;
	bool tell = lost_any;

	if (!the_hv)
		return;
	if (lost_any)
		tell_lost();
	/* Rights and limits may be given to domains that were never introduced. */
	named = calloc(1, DOMAIN_COUNT / 8);
	if (named) {
		permset_collect_domids(named);
		account_collect_domids(named);
		features_collect_domids(named);
	}
	for (size_t i = 1; i < DOMAIN_COUNT; i++) {
		if (table[i] || (named && (named[i / 8] & (1u << (i % 8)))))
			tell |= check_and_tell((uint16_t)i);
	}
	free(named);
	if (tell)
		store_fire_release(the_store);
}

struct guest *domains_guest(uint16_t domid)
{
	return table[domid] ? table[domid]->guest : NULL;
}

int domains_replay_again(uint16_t domid, uint64_t mfn, uint32_t port, bool successor)
{
	struct domain *domain = table[domid];

	if (!domain)
		return -EINVAL;
	domain->mfn = mfn;
	if (successor) {
		domain->guest->conn.id.target = ACCESS_NO_TARGET;
		guest_replay_reset(domain->guest);
		domain->guest->used = false;
		domain->shutdown = false;
	}
	return bind(domain, port);
}

void domains_replay_disconnect(uint16_t domid)
{
	if (table[domid])
		disconnect(domid);
}

void domains_replay_end_loans(uint16_t domid)
{
	end_loans(domid);
}

void domains_replay_shutdown(uint16_t domid, bool shutdown)
{
	if (table[domid])
		table[domid]->shutdown = shutdown;
}

static int adopt(uint16_t domid)
{
	struct domain *domain = table[domid];
	bool dead = domain->guest->conn.dead;
	struct hv_page page;
	int rc;

	forget_port(domain);
	if (domid)
		rc = the_hv->map_ring(domid, domain->mfn, &page);
	else
		rc = the_hv->map_own_ring(&page, &domain->remote_port);
	if (rc)
		return rc;
	guest_adopt(domain->guest, the_hv, page);
	/* Binding would revive one that had failed. */
	domain->guest->conn.dead = false;
	rc = bind(domain, domain->remote_port);
	domain->guest->conn.dead = dead;
	return rc;
}

int domains_adopt(const struct hv *hv)
{
	int own = 0;

	domains_init(hv, the_store);
	for (size_t i = 0; i < DOMAIN_COUNT; i++) {
		int rc;

		if (!table[i])
			continue;
		rc = hv ? adopt((uint16_t)i) : -ENODEV;
		if (!rc)
			continue;
		dlog("domain %zu: cannot be connected again: %s", i, strerror(-rc));
		disconnect((uint16_t)i);
		lose((uint16_t)i);
		if (!i)
			own = rc;
	}
	return own;
}

void domains_close_all(void)
{
	for (size_t i = 0; i < DOMAIN_COUNT; i++) {
		if (table[i])
			disconnect((uint16_t)i);
	}
	free(by_port);
	by_port = NULL;
	port_count = 0;
}
