/* SPDX-License-Identifier: MIT */
/*
 * Queued watch events and their descriptor.
 *
 * A poller on the stream alone would sleep over an event that was taken off
 * it while a reply was awaited.  So users poll an epoll descriptor that holds
 * the stream and an eventfd; the eventfd is raised exactly while the queue is
 * not empty.
 */
#include "client/events.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "protocol/wire.h"

struct events_item {
	struct events_item *next;
	char *text;
	const char *token;
};

static int poll_add(int poll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event) ? -errno : 0;
}

int events_init(struct events *ev, int fd)
{
	int rc;

	ev->head = NULL;
	ev->tail = &ev->head;
	ev->ended = false;
	ev->signal_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (ev->signal_fd < 0)
		return -errno;
	ev->poll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (ev->poll_fd < 0) {
		rc = -errno;
		goto undo_signal;
	}
	rc = poll_add(ev->poll_fd, ev->signal_fd);
	if (!rc)
		rc = poll_add(ev->poll_fd, fd);
	if (rc)
		goto undo_poll;
	return 0;

undo_poll:
	close(ev->poll_fd);
undo_signal:
	close(ev->signal_fd);
	return rc;
}

int events_stream(struct events *ev, int fd)
{
	return poll_add(ev->poll_fd, fd);
}

static void item_free(struct events_item *item)
{
	free(item->text);
	free(item);
}

void events_close(struct events *ev)
{
	while (ev->head) {
		struct events_item *item = ev->head;

		ev->head = item->next;
		item_free(item);
	}
	close(ev->poll_fd);
	close(ev->signal_fd);
}

static void signal_raise(struct events *ev)
{
	uint64_t one = 1;

	/* The counter cannot overflow: it is raised once per filling and at the end. */
	if (write(ev->signal_fd, &one, sizeof(one)) < 0)
		return;
}

static void signal_clear(struct events *ev)
{
	uint64_t count;

	if (ev->ended)
		return;
	if (read(ev->signal_fd, &count, sizeof(count)) < 0)
		return;
}

void events_end(struct events *ev)
{
	ev->ended = true;
	signal_raise(ev);
}

int events_push(struct events *ev, char *text, size_t len)
{
	const char *vec[2];
	struct events_item *item;

	if (wire_split(text, len, vec, 2) < 2) {
		free(text);
		return -EPROTO;
	}
	item = malloc(sizeof(*item));
	if (!item) {
		free(text);
		return -ENOMEM;
	}
	item->next = NULL;
	item->text = text;
	item->token = vec[1];
	if (!ev->head)
		signal_raise(ev);
	*ev->tail = item;
	ev->tail = &item->next;
	return 0;
}

static struct events_item *unlink_item(struct events *ev, struct events_item **at)
{
	struct events_item *item = *at;

	*at = item->next;
	if (!item->next)
		ev->tail = at;
	if (!ev->head)
		signal_clear(ev);
	return item;
}

bool events_pop(struct events *ev, char **text, const char **token)
{
	struct events_item *item;

	if (!ev->head)
		return false;
	item = unlink_item(ev, &ev->head);
	*text = item->text;
	*token = item->token;
	free(item);
	return true;
}

static bool lies_below(const char *child, const char *parent)
{
	size_t len = strlen(parent);

	if (!strcmp(parent, "/"))
		return true;
	return !strncmp(child, parent, len) && (child[len] == '\0' || child[len] == '/');
}

void events_drop(struct events *ev, const char *path, const char *token)
{
	struct events_item **at = &ev->head;

	while (*at) {
		if (!strcmp((*at)->token, token) && lies_below((*at)->text, path))
			item_free(unlink_item(ev, at));
		else
			at = &(*at)->next;
	}
}
