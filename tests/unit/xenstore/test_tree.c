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
	strncat(out, child->name, child->name_len);
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
	ck_assert_uint_eq(root->child_count, 4);
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
	ck_assert_ptr_null(tree_find(root, "/a/b")->value);
	ck_assert_uint_eq(tree_find(root, "/a/b/c")->value->len, 1);
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
	ck_assert_uint_eq(tree_find(snapshot, "/a/b")->value->len, 3);
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
	ck_assert_ptr_eq(tree_find(root, "/a")->children, tree_find(snapshot, "/a")->children);
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
	unsigned int value[MODEL];
};

static void compare_with_model(struct node *tree, const struct model *model)
{
	char path[16];

	ck_assert_int_gt(tree_check(tree), 0);
	for (int i = 0; i < MODEL; i++) {
		const struct node *node;

		snprintf(path, sizeof(path), "/%d", i);
		node = tree_find(tree, path);
		ck_assert_int_eq(!!node, model->present[i]);
		if (node && model->value[i])
			ck_assert_int_eq(memcmp(node->value->data, &model->value[i], 4), 0);
	}
}

START_TEST(random_changes_and_snapshots_match_a_model)
{
	struct model now = { 0 }, then[SNAPSHOTS] = { 0 };
	struct node *snapshots[SNAPSHOTS] = { NULL };
	unsigned int seed = 12345;
	char path[16];

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
		} else if (r & 0x8000000) {
			ck_assert_int_eq(tree_remove(&root, path, ++generation, NULL), 0);
			now.present[i] = false;
		} else {
			tree_set_value(&root, path, &step, 4, ++generation);
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
	suite_add_tcase(suite, tcase);
	return tap_run(suite);
}
