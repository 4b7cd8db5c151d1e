/* SPDX-License-Identifier: MIT */
/*
 * Intrusive doubly linked lists with a circular head.
 */
#pragma once

#include "lib/types.h"

struct list {
	struct list *next, *prev;
};

#define LIST_INIT(name) ((struct list){ &(name), &(name) })

static inline void list_init(struct list *l)
{
	l->next = l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
	return l->next == l;
}

static inline void list_insert_after(struct list *item, struct list *pos)
{
	item->next = pos->next;
	item->prev = pos;
	pos->next->prev = item;
	pos->next = item;
}

/* Add @item at the front of the list @head. */
static inline void list_add(struct list *item, struct list *head)
{
	list_insert_after(item, head);
}

/* Add @item at the end of the list @head. */
static inline void list_add_tail(struct list *item, struct list *head)
{
	list_insert_after(item, head->prev);
}

/* Take @item out of its list and leave it empty, so that deleting twice is harmless. */
static inline void list_del(struct list *item)
{
	item->prev->next = item->next;
	item->next->prev = item->prev;
	list_init(item);
}

#define list_entry(ptr, type, member)  container_of(ptr, type, member)
#define list_first(head, type, member) list_entry((head)->next, type, member)

#define list_for_each_entry(pos, head, member)                                                 \
	for (pos = list_entry((head)->next, __typeof__(*pos), member); &pos->member != (head); \
	     pos = list_entry(pos->member.next, __typeof__(*pos), member))
