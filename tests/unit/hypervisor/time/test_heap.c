/* SPDX-License-Identifier: MIT */
/* sources: time/heap.c */
/*
 * The timer heap: order, shape and links after every operation.
 */
#include "time/heap.h"

#include "suite.h"

#define N 64

/* Checks order and parent links below @node and returns how many nodes there are. */
static unsigned int count(const struct heap_node *node, const struct heap_node *parent)
{
	if (!node)
		return 0;
	/* One assertion, since each is a message to the test runner. */
	ck_assert(node->parent == parent && (!parent || parent->key <= node->key) &&
		  (node->left || !node->right));
	return 1 + count(node->left, node) + count(node->right, node);
}

static unsigned int depth(const struct heap_node *node)
{
	return node ? 1 + depth(node->left) : 0;
}

static void verify(const struct heap *h)
{
	unsigned int n = count(h->min, NULL);

	ck_assert_uint_eq(n, h->n);
	ck_assert(n == 0 || 1u << (depth(h->min) - 1) <= n);
}

START_TEST(comes_out_sorted)
{
	struct heap_node nodes[N];
	struct heap h = { 0 };
	u64 last = 0;

	srandom(7);
	for (unsigned int i = 0; i < N; i++) {
		nodes[i].key = (u64)random() % 40;
		heap_insert(&h, &nodes[i]);
		verify(&h);
	}
	while (h.min) {
		ck_assert_uint_ge(h.min->key, last);
		last = h.min->key;
		heap_remove(&h, h.min);
		verify(&h);
	}
}
END_TEST

/* Insert all permutations of six keys, remove each node in turn. */
START_TEST(every_small_heap_and_removal)
{
	for (unsigned int p = 0; p < 720; p++)
		for (unsigned int victim = 0; victim < 6; victim++) {
			struct heap_node nodes[6];
			struct heap h = { 0 };
			unsigned int left[6] = { 0, 1, 2, 3, 4, 5 }, code = p;

			for (unsigned int i = 0; i < 6; i++) {
				unsigned int pick = code % (6 - i);

				code /= 6 - i;
				nodes[i].key = left[pick];
				left[pick] = left[5 - i];
				heap_insert(&h, &nodes[i]);
			}
			heap_remove(&h, &nodes[victim]);
			verify(&h);
			ck_assert_uint_eq(h.min->key, nodes[victim].key == 0 ? 1 : 0);
		}
}
END_TEST

START_TEST(random_traffic)
{
	struct heap_node nodes[N];
	bool in[N] = { false };
	struct heap h = { 0 };

	srandom(3);
	for (unsigned int round = 0; round < 2000; round++) {
		unsigned int i = (unsigned int)random() % N;

		if (in[i]) {
			heap_remove(&h, &nodes[i]);
		} else {
			nodes[i].key = (u64)random() % 1000;
			heap_insert(&h, &nodes[i]);
		}
		in[i] = !in[i];
		verify(&h);
	}
}
END_TEST

UNIT_MAIN("time/heap", comes_out_sorted, every_small_heap_and_removal, random_traffic)
