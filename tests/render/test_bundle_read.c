#include "render/bundle_read.h"
#include "tests/lib/temp.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

static char dir[TEMP_SIZE];
static char path[TEMP_SIZE + 16];

static void
setup(void)
{
	temp_dir(dir);
	snprintf(path, sizeof path, "%s/x.zip", dir);
}

static void
teardown(void)
{
	cr_expect(temp_remove(dir));
}

TestSuite(bundle_read, .init = setup, .fini = teardown);

/* An archive with a manifest and a file of so many zeros. */
static void
make_archive(const char *name, size_t zeros)
{
	char *p = calloc(zeros, 1);
	int why = 0;
	zip_t *z = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, &why);

	cr_assert(z != NULL && p != NULL);
	cr_assert_geq(zip_file_add(z, BUNDLE_MANIFEST, zip_source_buffer(z, "{\"a\":1}", 7, 0), 0),
		      0);
	cr_assert_geq(zip_file_add(z, name, zip_source_buffer(z, p, zeros, 0), 0), 0);
	cr_assert_eq(zip_close(z), 0);
	free(p);
}

Test(bundle_read, keeps_what_is_looked_into_and_of_the_rest_the_digest)
{
	const struct bundle_file *page;
	unsigned char zeros[1000] = {0};
	unsigned char sum[SHA256_SIZE];
	struct bundle b;
	struct err e;

	make_archive("page.html", sizeof zeros);
	cr_assert_eq(bundle_open(path, &b, &e), OK, "%s", e.text);
	cr_expect_eq(bundle_find(&b, BUNDLE_MANIFEST)->bytes.n, 7);
	cr_expect_eq(json_integer_value(json_object_get(b.manifest, "a")), 1);
	page = bundle_find(&b, "page.html");
	cr_assert_not_null(page);
	cr_expect_eq(page->n, sizeof zeros);
	cr_expect_eq(page->bytes.n, 0);
	cr_assert(sha256(zeros, sizeof zeros, sum));
	cr_expect_arr_eq(page->sha256, sum, sizeof sum);
	bundle_fini(&b);
}

static void
expect_open(const char *name, size_t zeros, const char *fault)
{
	struct bundle b;
	struct err e = {0};

	make_archive(name, zeros);
	cr_expect_eq(bundle_open(path, &b, &e) == OK, fault == NULL, "%s: %s", name, e.text);
	cr_expect(fault == NULL || strstr(e.text, fault) != NULL, "%s: %s", name, e.text);
	bundle_fini(&b);
}

Test(bundle_read, names_the_bound_that_a_file_is_over)
{
	expect_open("page.html", (1u << 20) - 7, NULL); /* and the manifest */
	expect_open("page.html", (1u << 20) + 1, "page.html expands more than 200 times");
	expect_open("spd.sig", 1024, NULL);
	expect_open("spd.sig", 1025, "spd.sig of more than 1 KiB");
	expect_open("signing-key-x.pem", 1025, "signing-key-x.pem of more than 1 KiB");
	expect_open("spd.json", (64u << 20) + 1, "spd.json of more than 64 MiB");
	expect_open("declaration.json", (16u << 20) + 1, "declaration.json of more than 16 MiB");
}
