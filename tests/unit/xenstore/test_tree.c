/* SPDX-License-Identifier: MIT */
/*
 * The persistent tree: order, sharing, snapshots, and a long random run
 * against a plain model.
 */
#include "store/tree.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "protocol/path.h"
#include "store/listing.h"
#include "tap.h"

static struct permset *perms;
static struct node *root;
static uint64_t generation;

static void setup(void)
{
	static const struct perm none = { 0, PERM_NONE };

	perms = permset_get(&none, 1);
	root = tree_new(perms);
	generation = 0;
}

static void teardown(void)
{
	tree_put(root);
	permset_put(perms);
}

static int create(const char *path)
{
	return tree_create(&root, path, perms, NULL, 0, ++generation);
}

static int join_name(const struct node *child, void *arg)
{
	char *out = arg;

	if (*out)
		strcat(out, " ");
	strncat(out, node_name(child), child->name_len);
	return 0;
}

START_TEST(children_are_ordered_by_length_then_name)
{
	char names[64] = "";

	create("/10");
	create("/b");
	create("/9");
	create("/a");
	tree_each_child(root, join_name, names);
	ck_assert_str_eq(names, "9 a b 10");
	ck_assert_int_eq(tree_check(root), 5);
}
END_TEST

START_TEST(errors_change_nothing)
{
	create("/a");
	ck_assert_int_eq(create("/a"), -EEXIST);
	ck_assert_int_eq(tree_set_value(&root, "/x", "v", 1, 9), -ENOENT);
	ck_assert_int_eq(tree_remove(&root, "/x", 9, NULL), -ENOENT);
	ck_assert_int_eq(tree_remove(&root, "/", 9, NULL), -EINVAL);
	ck_assert_int_eq(tree_check(root), 2);
}
END_TEST

START_TEST(missing_parents_are_made_too)
{
	create("/a");
	ck_assert_int_eq(tree_create(&root, "/a/b/c", perms, "v", 1, ++generation), 0);
	ck_assert_int_eq(tree_check(root), 4);
	ck_assert_uint_eq(tree_find(root, "/a/b")->value_len, 0);
	ck_assert_uint_eq(tree_find(root, "/a/b/c")->value_len, 1);
}
END_TEST

START_TEST(a_snapshot_does_not_change)
{
	struct node *snapshot;

	create("/a");
	create("/a/b");
	tree_set_value(&root, "/a/b", "old", 3, ++generation);
	snapshot = tree_ref(root);
	tree_set_value(&root, "/a/b", "newer", 5, ++generation);
	create("/a/c");
	tree_remove(&root, "/a/b", ++generation, NULL);

	ck_assert_ptr_null(tree_find(root, "/a/b"));
	ck_assert_ptr_nonnull(tree_find(root, "/a/c"));
	ck_assert_ptr_null(tree_find(snapshot, "/a/c"));
	ck_assert_uint_eq(tree_find(snapshot, "/a/b")->value_len, 3);
	ck_assert_int_eq(tree_check(snapshot), 3);
	ck_assert_int_eq(tree_check(root), 3);
	tree_put(snapshot);
}
END_TEST

START_TEST(what_did_not_change_is_shared)
{
	struct node *snapshot;

	create("/a");
	create("/a/deep");
	create("/b");
	snapshot = tree_ref(root);
	tree_set_value(&root, "/b", "x", 1, ++generation);
	ck_assert_ptr_eq(node_children(tree_find(root, "/a")),
			 node_children(tree_find(snapshot, "/a")));
	ck_assert_ptr_ne(tree_find(root, "/b"), tree_find(snapshot, "/b"));
	tree_put(snapshot);
}
END_TEST

START_TEST(alone_it_changes_in_place)
{
	const struct node *before;

	create("/a");
	before = tree_find(root, "/a");
	tree_set_value(&root, "/a", "x", 1, ++generation);
	ck_assert_ptr_eq(tree_find(root, "/a"), before);
}
END_TEST

static int count_visits(const struct node *node, const char *path, void *arg)
{
	size_t *count = arg;

	ck_assert_ptr_eq(tree_find(root, path), node);
	(*count)++;
	return strcmp(path, "/a/b") ? 0 : TREE_SKIP;
}

START_TEST(a_walk_knows_its_paths)
{
	char path[PATH_BUF] = "/";
	size_t count = 0;

	create("/a");
	create("/a/b");
	create("/a/b/c");
	create("/a/d");
	ck_assert_int_eq(tree_walk(root, path, count_visits, &count), 0);
	/* The node below the skipped one is spared. */
	ck_assert_uint_eq(count, 4);
	ck_assert_str_eq(path, "/");
}
END_TEST

START_TEST(the_deepest_path_is_no_trouble)
{
	char path[PATH_BUF] = "", walk[PATH_BUF] = "/";
	size_t count = 0;

	for (size_t len = 0; len + 2 < PATH_BUF; len += 2) {
		memcpy(path + len, "/x", 3);
		ck_assert_int_eq(create(path), 0);
	}
	ck_assert_int_eq(tree_check(root), 1537);
	ck_assert_int_eq(tree_walk(root, walk, count_visits, &count), 0);
	ck_assert_int_eq(tree_remove(&root, "/x", ++generation, NULL), 0);
	ck_assert_int_eq(tree_check(root), 1);
}
END_TEST

START_TEST(many_children)
{
	char path[32];

	for (int i = 0; i < 20000; i++) {
		snprintf(path, sizeof(path), "/n%d", i * 7919 % 20000);
		ck_assert_int_eq(create(path), 0);
	}
	ck_assert_int_eq(tree_check(root), 20001);
	for (int i = 0; i < 20000; i += 2) {
		snprintf(path, sizeof(path), "/n%d", i);
		ck_assert_int_eq(tree_remove(&root, path, ++generation, NULL), 0);
	}
	ck_assert_int_eq(tree_check(root), 10001);
}
END_TEST

#define MODEL	  64
#define SNAPSHOTS 4

struct model {
	bool present[MODEL];
	bool parent[MODEL];
	unsigned int value[MODEL];
};

/* The n-th value: of any length from 4 bytes, in the node or beside it. */
static size_t value_of(unsigned int n, char out[2 * NODE_INLINE_MAX])
{
	size_t len = 4 + n % (2 * NODE_INLINE_MAX - 4);

	memset(out, 'a' + (int)(n % 26), len);
	memcpy(out, &n, 4);
	return len;
}

static void compare_with_model(struct node *tree, const struct model *model)
{
	char path[24], value[2 * NODE_INLINE_MAX];

	ck_assert_int_gt(tree_check(tree), 0);
	for (int i = 0; i < MODEL; i++) {
		const struct node *node;

		snprintf(path, sizeof(path), "/%d", i);
		node = tree_find(tree, path);
		ck_assert_int_eq(!!node, model->present[i]);
		if (!node)
			continue;
		ck_assert_uint_eq(node->value_len,
				  model->value[i] ? value_of(model->value[i], value) : 0);
		ck_assert_mem_eq(node_value(node), value, node->value_len);
		snprintf(path, sizeof(path), "/%d/below", i);
		ck_assert_int_eq(!!tree_find(tree, path), model->parent[i]);
	}
}

START_TEST(random_changes_and_snapshots_match_a_model)
{
	struct model now = { 0 }, then[SNAPSHOTS] = { 0 };
	struct node *snapshots[SNAPSHOTS] = { NULL };
	char path[24], value[2 * NODE_INLINE_MAX];
	unsigned int seed = 12345;

	for (unsigned int step = 1; step < 20000; step++) {
		unsigned int r = seed = seed * 1103515245 + 12345;
		unsigned int i = (r >> 16) % MODEL, slot = (r >> 8) % SNAPSHOTS;

		snprintf(path, sizeof(path), "/%u", i);
		if ((r >> 24) % 16 == 0) {
			if (snapshots[slot]) {
				compare_with_model(snapshots[slot], &then[slot]);
				tree_put(snapshots[slot]);
			}
			snapshots[slot] = tree_ref(root);
			then[slot] = now;
		} else if (!now.present[i]) {
			ck_assert_int_eq(create(path), 0);
			now.present[i] = true;
			now.value[i] = 0;
			now.parent[i] = false;
		} else if (r & 0x8000000) {
			ck_assert_int_eq(tree_remove(&root, path, ++generation, NULL), 0);
			now.present[i] = false;
		} else if (r & 0x4000000 && !now.parent[i]) {
			strcat(path, "/below");
			ck_assert_int_eq(create(path), 0);
			now.parent[i] = true;
		} else {
			tree_set_value(&root, path, value, value_of(step, value), ++generation);
			now.value[i] = step;
		}
	}
	compare_with_model(root, &now);
	for (int i = 0; i < SNAPSHOTS; i++) {
		if (!snapshots[i])
			continue;
		compare_with_model(snapshots[i], &then[i]);
		tree_put(snapshots[i]);
	}
}
END_TEST

START_TEST(a_listing_tells_what_is_there_now)
{
	struct node *snapshot;
	const char *names;
	char path[16];
	size_t len;

	create("/d");
	for (int i = 100; i < 300; i++) {
		snprintf(path, sizeof(path), "/d/%d", i);
		create(path);
	}
	/* Twice: the second may come from what is kept. */
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(listing_get(tree_find(root, "/d"), &names, &len), 0);
		ck_assert_uint_eq(len, 800);
		ck_assert_mem_eq(names, "100\000101", 8);
	}
	snapshot = tree_ref(root);
	ck_assert_int_eq(tree_remove(&root, "/d/100", ++generation, NULL), 0);
	for (int i = 0; i < 2; i++) {
		ck_assert_int_eq(listing_get(tree_find(root, "/d"), &names, &len), 0);
		ck_assert_uint_eq(len, 796);
		ck_assert_mem_eq(names, "101\000102", 8);
		ck_assert_int_eq(listing_get(tree_find(snapshot, "/d"), &names, &len), 0);
		ck_assert_uint_eq(len, 800);
	}
	tree_put(snapshot);
	/* In place, with and without a change of the node's own size. */
	create("/d/400");
	tree_set_value(&root, "/d", path, sizeof(path), ++generation);
	ck_assert_int_eq(listing_get(tree_find(root, "/d"), &names, &len), 0);
	ck_assert_uint_eq(len, 800);
	create("/d/55");
	ck_assert_int_eq(listing_get(tree_find(root, "/d"), &names, &len), 0);
	ck_assert_uint_eq(len, 803);
	ck_assert_mem_eq(names, "55\000101", 7);
}
END_TEST

START_TEST(a_listing_of_another_node_in_the_same_place)
{
	const char *names;
	char path[16];
	size_t len;

	for (int turn = 0; turn < 50; turn++) {
		create("/d");
		for (int i = 0; i < 200; i++) {
			snprintf(path, sizeof(path), "/d/%d", 1000 * (turn % 2 + 1) + i);
			create(path);
		}
		ck_assert_int_eq(listing_get(tree_find(root, "/d"), &names, &len), 0);
		ck_assert_uint_eq(len, 1000);
		ck_assert_int_eq(names[0], turn % 2 ? '2' : '1');
		tree_remove(&root, "/d", ++generation, NULL);
		/* The numbers begin anew, as in a new store. */
		generation = 0;
	}
}
END_TEST

START_TEST(a_listing_too_long_for_a_message)
{
	const char *names;
	char path[16];
	size_t len;

	create("/d");
	for (int i = 0; i < 4096 / 4; i++) {
		snprintf(path, sizeof(path), "/d/%03x", i);
		create(path);
	}
	ck_assert_int_eq(listing_get(tree_find(root, "/d"), &names, &len), 0);
	ck_assert_uint_eq(len, 4096);
	create("/d/x");
	ck_assert_int_eq(listing_get(tree_find(root, "/d"), &names, &len), -E2BIG);
	ck_assert_int_eq(listing_get(tree_find(root, "/d"), &names, &len), -E2BIG);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tree");
	TCase *tcase = tcase_create("tree");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 120);
	TAP_ADD(tcase, children_are_ordered_by_length_then_name);
	TAP_ADD(tcase, errors_change_nothing);
	TAP_ADD(tcase, missing_parents_are_made_too);
	TAP_ADD(tcase, a_snapshot_does_not_change);
	TAP_ADD(tcase, what_did_not_change_is_shared);
	TAP_ADD(tcase, alone_it_changes_in_place);
	TAP_ADD(tcase, a_walk_knows_its_paths);
	TAP_ADD(tcase, the_deepest_path_is_no_trouble);
	TAP_ADD(tcase, many_children);
	TAP_ADD(tcase, random_changes_and_snapshots_match_a_model);
	TAP_ADD(tcase, a_listing_tells_what_is_there_now);
	TAP_ADD(tcase, a_listing_of_another_node_in_the_same_place);
	TAP_ADD(tcase, a_listing_too_long_for_a_message);
	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}
