/* SPDX-License-Identifier: MIT */
/*
 * A connection to the console daemon.
 *
 * The protocol is one line, "attach ID", answered by "ok" or a sentence; all
 * that follows is the console.  Someone who asks for a guest that has only just
 * been made may be faster than the store's news of it, so an unknown id is
 * waited for a little while.
 */
#include "console/viewer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE_MS 3000

/* So many connections at once; more are closed at the door. */
#define VIEWERS_MAX 256

static struct viewer *waiting_list;
static unsigned int viewers_open;

static void feed(struct viewer *v);

static void on_closed(uv_handle_t *handle)
{
	struct viewer *v = handle->data;

	if (--v->open_handles == 0) {
		free(v);
		viewers_open--;
	}
}

static void unlink_from(struct viewer **list, struct viewer *v)
{
	for (; *list; list = &(*list)->next) {
		if (*list == v) {
			*list = v->next;
			v->next = NULL;
			return;
		}
	}
}

static void viewer_close(struct viewer *v)
{
	if (v->closing)
		return;
	v->closing = true;
	if (v->source)
		unlink_from(&v->source->viewers, v);
	if (v->waiting)
		unlink_from(&waiting_list, v);
	v->source = NULL;
	v->waiting = false;
	uv_close((uv_handle_t *)&v->pipe, on_closed);
	uv_close((uv_handle_t *)&v->patience, on_closed);
}

/*
 * It takes no more output.  Who types a line and leaves at once has gone when
 * the echo comes back; what he typed is still to be read.
 */
static void stop_feeding(struct viewer *v)
{
	v->deaf = true;
	if (v->mute || !v->source)
		viewer_close(v);
}

static void on_written(uv_write_t *req, int status)
{
	struct viewer *v = req->data;

	v->writing = false;
	if (v->closing)
		return;
	if (status < 0)
		stop_feeding(v);
	else
		feed(v);
}

/* Writes @len bytes of v->out; one write is under way at a time. */
static void send_out(struct viewer *v, size_t len)
{
	uv_buf_t buf = uv_buf_init(v->out, (unsigned int)len);

	v->writing = true;
	v->write.data = v;
	if (uv_write(&v->write, (uv_stream_t *)&v->pipe, &buf, 1, on_written)) {
		v->writing = false;
		stop_feeding(v);
	}
}

static void feed(struct viewer *v)
{
	size_t used = 0;

	if (v->writing || v->closing || v->deaf)
		return;
	while (v->source && used < sizeof(v->out)) {
		const char *data;
		size_t n = scrollback_peek(&v->source->scrollback, &v->pos, &data);

		if (n == 0)
			break;
		if (n > sizeof(v->out) - used)
			n = sizeof(v->out) - used;
		memcpy(v->out + used, data, n);
		used += n;
		v->pos += n;
	}
	if (used)
		send_out(v, used);
	else if (v->refused)
		viewer_close(v);
}

/* What a viewer has not seen when its source goes; written behind all else. */
struct last_words {
	uv_write_t write;
	struct viewer *viewer;
	char text[SCROLLBACK_BYTES];
};

static void on_last_words(uv_write_t *req, int status)
{
	struct last_words *l = req->data;

	(void)status;
	viewer_close(l->viewer);
	free(l);
}

static size_t collect_rest(struct viewer *v, char *text)
{
	size_t used = 0;

	while (v->source) {
		const char *data;
		size_t n = scrollback_peek(&v->source->scrollback, &v->pos, &data);

		if (n == 0)
			break;
		memcpy(text + used, data, n);
		used += n;
		v->pos += n;
	}
	return used;
}

static void end(struct viewer *v)
{
	struct last_words *l = malloc(sizeof(*l));
	uv_buf_t buf;

	if (l) {
		l->viewer = v;
		l->write.data = l;
		buf = uv_buf_init(l->text, (unsigned int)collect_rest(v, l->text));
	}
	v->source = NULL;
	v->last_words = true;
	if (!l || uv_write(&l->write, (uv_stream_t *)&v->pipe, &buf, 1, on_last_words)) {
		free(l);
		viewer_close(v);
	}
}

void viewer_feed_all(struct viewer_source *source)
{
	struct viewer *next;

	for (struct viewer *v = source->viewers; v; v = next) {
		next = v->next; /* feeding may close it */
		feed(v);
	}
}

void viewer_end_all(struct viewer_source *source)
{
	while (source->viewers) {
		struct viewer *v = source->viewers;

		source->viewers = v->next;
		v->next = NULL;
		end(v);
	}
}

static void refuse(struct viewer *v, const char *why)
{
	int n = snprintf(v->out, sizeof(v->out), "%s\n", why);

	v->last_words = true;
	v->refused = true;
	send_out(v, (size_t)n);
}

static void attach(struct viewer *v, struct viewer_source *s)
{
	uv_timer_stop(&v->patience);
	if (v->waiting)
		unlink_from(&waiting_list, v);
	v->waiting = false;
	v->source = s;
	v->pos = scrollback_start(&s->scrollback);
	v->next = s->viewers;
	s->viewers = v;
	memcpy(v->out, "ok\n", 3);
	send_out(v, 3);
}

void viewer_offer(struct viewer_hub *hub, uint32_t domid, struct viewer_source *source)
{
	struct viewer *v = waiting_list;

	while (v) {
		struct viewer *next = v->next;

		if (v->hub == hub && v->wanted == domid)
			attach(v, source);
		v = next;
	}
}

static void handle_request(struct viewer *v)
{
	struct viewer_source *s;
	unsigned int domid;
	char end;

	if (sscanf(v->line, "attach %u%c", &domid, &end) != 1) {
		refuse(v, "the request was not understood");
		return;
	}
	s = v->hub->find(v->hub, domid);
	if (s) {
		attach(v, s);
		return;
	}
	v->wanted = domid;
	v->waiting = true;
	v->next = waiting_list;
	waiting_list = v;
}

static void on_impatience(uv_timer_t *t)
{
	struct viewer *v = t->data;

	if (!v->waiting) {
		viewer_close(v);
		return;
	}
	unlink_from(&waiting_list, v);
	v->waiting = false;
	refuse(v, "the guest has no console");
}

/* Bytes of the request line; what comes behind it is input already. */
static void take_line(struct viewer *v, const char *buf, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (buf[i] != '\n') {
			if (v->line_len == VIEWER_LINE - 1) {
				viewer_close(v);
				return;
			}
			v->line[v->line_len++] = buf[i];
			continue;
		}
		v->line[v->line_len] = '\0';
		handle_request(v);
		if (v->source)
			v->source->input(v->source, buf + i + 1, len - i - 1);
		return;
	}
}

static void on_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *buf)
{
	struct viewer *v = handle->data;

	(void)suggested;
	*buf = uv_buf_init(v->in, sizeof(v->in));
}

static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buf)
{
	struct viewer *v = stream->data;

	if (n == UV_EOF && v->source && !v->deaf) {
		v->mute = true; /* but may still listen */
		return;
	}
	if (n < 0) {
		viewer_close(v);
		return;
	}
	if (v->source)
		v->source->input(v->source, buf->base, (size_t)n);
	else if (!v->waiting && !v->last_words)
		take_line(v, buf->base, (size_t)n);
}

void viewer_accept(uv_stream_t *server, struct viewer_hub *hub)
{
	struct viewer *v = calloc(1, sizeof(*v));

	if (!v)
		return;
	viewers_open++;
	v->hub = hub;
	v->open_handles = 2;
	uv_pipe_init(hub->loop, &v->pipe, 0);
	uv_timer_init(hub->loop, &v->patience);
	v->pipe.data = v;
	v->patience.data = v;
	if (uv_accept(server, (uv_stream_t *)&v->pipe) || viewers_open > VIEWERS_MAX ||
	    uv_read_start((uv_stream_t *)&v->pipe, on_alloc, on_read)) {
		viewer_close(v);
		return;
	}
	uv_timer_start(&v->patience, on_impatience, PATIENCE_MS, 0);
}
