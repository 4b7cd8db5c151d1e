/* SPDX-License-Identifier: MIT */
/* sources: time/heap.c */
/* Timers: the root is the least, whatever comes and goes. */
#include "time/heap.h"

#include "pure.h"

#define N 64

void fuzz(struct input *in)
{
	static struct heap_node nodes[N];
	struct heap h = { 0 };
	bool in_heap[N] = { false };
	u32 n = 0;

	while (in->left) {
		unsigned int i = (unsigned int)take(in, 1) % N;

		if (in_heap[i]) {
			heap_remove(&h, &nodes[i]);
			n--;
		} else {
			nodes[i].key = take(in, 1);
			heap_insert(&h, &nodes[i]);
			n++;
		}
		in_heap[i] = !in_heap[i];
		must(h.n == n && !h.min == !n);
		for (unsigned int j = 0; j < N; j++)
			if (in_heap[j])
				must(h.min->key <= nodes[j].key);
	}
}
