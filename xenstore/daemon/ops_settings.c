/* SPDX-License-Identifier: MIT */
/*
 * Operations on features and quotas.
 */
#include "daemon/ops_settings.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xen/xen.h>

#include "daemon/domains.h"
#include "daemon/features.h"
#include "store/account.h"

/* Decimal 32-bit number and NUL. */
#define NUMBER_TEXT 11
#define WORDS_MAX   3

/* The words of a request; none and one empty word are the same.  Or -EINVAL. */
static int words(const struct conn_request *request, const char *vec[WORDS_MAX])
{
	size_t len = request->hdr.len, count;

	if (len && request->payload[len - 1])
		return -EINVAL;
	count = wire_split(request->payload, len, vec, WORDS_MAX);
	if (count > WORDS_MAX)
		return -EINVAL;
	return count == 1 && !vec[0][0] ? 0 : (int)count;
}

/* A domain that is there: 0, -EINVAL or -ENOENT. */
static int domain_of(const char *word, uint16_t *domid)
{
	uint64_t number;

	if (!wire_number(word, DOMID_FIRST_RESERVED - 1, &number))
		return -EINVAL;
	*domid = (uint16_t)number;
	return domains_exists(*domid) ? 0 : -ENOENT;
}

static int value_of(const char *word, uint32_t *value)
{
	uint64_t number;

	if (!wire_number(word, UINT32_MAX, &number))
		return -EINVAL;
	*value = (uint32_t)number;
	return 0;
}

static int answer_number(struct conn *conn, const struct conn_request *request, uint32_t number)
{
	char text[NUMBER_TEXT];

	snprintf(text, sizeof(text), "%u", number);
	conn_reply(conn, request, text, strlen(text) + 1);
	return 0;
}

int ops_settings_get_feature(struct conn *conn, const struct conn_request *request)
{
	const char *vec[WORDS_MAX];
	uint16_t domid = conn->id.domid;
	int count = words(request, vec), rc = 0;

	if (count < 0 || count > 1)
		return -EINVAL;
	if (count && !conn->id.privileged)
		return -EACCES;
	if (count)
		rc = domain_of(vec[0], &domid);
	return rc ? rc : answer_number(conn, request, features_of(domid));
}

int ops_settings_set_feature(struct conn *conn, const struct conn_request *request)
{
	const char *vec[WORDS_MAX];
	uint32_t features;
	uint16_t domid;
	int rc;

	if (words(request, vec) != 2)
		return -EINVAL;
	rc = domain_of(vec[0], &domid);
	if (!rc)
		rc = value_of(vec[1], &features);
	if (rc)
		return rc;
	/* It has seen what it is offered. */
	if (domains_introduced(domid))
		return -EBUSY;
	rc = features_set(domid, features);
	if (!rc)
		conn_ack(conn, request);
	return rc;
}

static int answer_names(struct conn *conn, const struct conn_request *request)
{
	char names[256];
	size_t at = 0;

	for (int i = 0; i < QUOTA_COUNT; i++)
		at += (size_t)snprintf(names + at, sizeof(names) - at, "%s%s", i ? " " : "",
				       account_quota_name(i));
	conn_reply(conn, request, names, at + 1);
	return 0;
}

int ops_settings_get_quota(struct conn *conn, const struct conn_request *request)
{
	const char *vec[WORDS_MAX], *name;
	int count = words(request, vec), quota, rc = 0;
	uint16_t domid;

	if (!count)
		return answer_names(conn, request);
	if (count < 0 || count > 2)
		return -EINVAL;
	name = vec[count - 1];
	quota = account_quota_find(name, strlen(name));
	if (quota < 0)
		return quota;
	if (count == 1)
		return answer_number(conn, request, account_limit(quota));
	rc = domain_of(vec[0], &domid);
	return rc ? rc : answer_number(conn, request, account_limit_of(domid, quota));
}

int ops_settings_set_quota(struct conn *conn, const struct conn_request *request)
{
	const char *vec[WORDS_MAX], *name;
	int count = words(request, vec), quota, rc;
	uint32_t limit;
	uint16_t domid;

	if (count < 2)
		return -EINVAL;
	name = vec[count - 2];
	quota = account_quota_find(name, strlen(name));
	if (quota < 0)
		return quota;
	rc = value_of(vec[count - 1], &limit);
	if (rc)
		return rc;
	if (count == 3)
		rc = domain_of(vec[0], &domid);
	if (rc)
		return rc;
	if (count == 3)
		rc = account_limit_one(domid, quota, limit);
	else
		account_limit_all(quota, limit);
	if (!rc)
		conn_ack(conn, request);
	return rc;
}
