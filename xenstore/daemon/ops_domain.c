/* SPDX-License-Identifier: MIT */
/*
 * Operations on domains.
 */
#include "daemon/ops_domain.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xen/xen.h>

#include "daemon/domains.h"

/* Reads the numbers that a payload consists of, at least @count of them. */
static int numbers(const struct conn_request *request, const uint64_t *max, uint64_t *out,
		   size_t count)
{
	const char *vec[3];
	size_t len = request->hdr.len;

	if (!len || request->payload[len - 1] || wire_split(request->payload, len, vec, 3) < count)
		return -EINVAL;
	for (size_t i = 0; i < count; i++) {
		if (!wire_number(vec[i], max[i], &out[i]))
			return -EINVAL;
	}
	return 0;
}

static int one_domain(const struct conn_request *request, uint16_t *domid)
{
	static const uint64_t max = DOMID_FIRST_RESERVED - 1;
	uint64_t number;
	int rc = numbers(request, &max, &number, 1);

	if (!rc)
		*domid = (uint16_t)number;
	return rc;
}

static int ack_if_done(struct conn *conn, const struct conn_request *request, int rc)
{
	if (!rc)
		conn_ack(conn, request);
	return rc;
}

int ops_domain_introduce(struct conn *conn, const struct conn_request *request)
{
	static const uint64_t max[] = {
		DOMID_FIRST_RESERVED - 1,
		UINT64_MAX,
		INT32_MAX,
	};
	uint64_t number[3];
	int rc = numbers(request, max, number, 3);

	if (rc)
		return rc;
	if (!number[2])
		return -EINVAL;
	rc = domains_introduce((uint16_t)number[0], number[1], (uint32_t)number[2]);
	return ack_if_done(conn, request, rc);
}

int ops_domain_release(struct conn *conn, const struct conn_request *request)
{
	uint16_t domid;
	int rc = one_domain(request, &domid);

	if (!rc)
		rc = domains_release(domid);
	return ack_if_done(conn, request, rc);
}

int ops_domain_resume(struct conn *conn, const struct conn_request *request)
{
	uint16_t domid;
	int rc = one_domain(request, &domid);

	if (!rc)
		rc = domains_resume(domid);
	return ack_if_done(conn, request, rc);
}

int ops_domain_path(struct conn *conn, const struct conn_request *request)
{
	char path[CONN_HOME];
	uint16_t domid;
	int rc = one_domain(request, &domid);

	if (rc)
		return rc;
	snprintf(path, sizeof(path), "/local/domain/%u", domid);
	conn_reply(conn, request, path, strlen(path) + 1);
	return 0;
}

int ops_domain_introduced(struct conn *conn, const struct conn_request *request)
{
	uint16_t domid;
	int rc = one_domain(request, &domid);

	if (rc)
		return rc;
	conn_reply(conn, request, domains_introduced(domid) ? "T" : "F", 2);
	return 0;
}

int ops_domain_set_target(struct conn *conn, const struct conn_request *request)
{
	static const uint64_t max[] = {
		DOMID_FIRST_RESERVED - 1,
		DOMID_FIRST_RESERVED - 1,
	};
	uint64_t number[2];
	int rc = numbers(request, max, number, 2);

	if (!rc)
		rc = domains_set_target((uint16_t)number[0], (uint16_t)number[1]);
	return ack_if_done(conn, request, rc);
}
