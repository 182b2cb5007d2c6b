#include "base/count.h"
#include "tests/web/desk/device_key.h"
#include "web/desk/signature.h"

#include <criterion/criterion.h>

#include <stdio.h>
#include <string.h>

#define ID "00112233445566778899aabbccddeeff"
/* 64 bytes of zero. */
#define NIL "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

Test(signature, is_read_in_any_order)
{
	static const char *const good[] = {
	    "keyId=" ID ", time=1775034000000, signature=" NIL "==",
	    "signature=" NIL ",keyId=" ID ",time=1775034000000",
	    "time=1775034000000 signature=" NIL "== keyId=" ID,
	};

	for (size_t i = 0; i < COUNT(good); i++) {
		struct signed_by by;

		cr_assert(signature_read(good[i], &by), "%s", good[i]);
		cr_expect_str_eq(by.key_id, ID);
		cr_expect_eq(by.time_ms, INT64_C(1775034000000));
	}
}

Test(signature, is_not_read_where_a_part_lacks_or_is_none)
{
	static const char *const bad[] = {
	    "",
	    "keyId=" ID ", time=1",
	    "keyId=" ID ", time=1, signature=" NIL ", time=1",
	    "keyId=" ID ", time=-1, signature=" NIL,
	    "keyId=" ID ", time=, signature=" NIL,
	    "keyId=" ID ", time=1234567890123456, signature=" NIL,
	    "keyId=" ID "00, time=1, signature=" NIL,
	    "keyId=x0112233445566778899aabbccddeeff, time=1, signature=" NIL,
	    "keyId=" ID ", time=1, signature=" NIL "AAAA",
	    "keyId=" ID ", time=1, signature=AAAA",
	    "keyId=" ID ", time=1, signature=" NIL ", more=1",
	    "keyid=" ID ", time=1, signature=" NIL,
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		struct signed_by by;

		cr_expect_not(signature_read(bad[i], &by), "%s", bad[i]);
	}
}

static bool
check(const struct device_key *k, const struct signed_by *by, const char *method, const char *path,
      const char *body)
{
	return signature_is_of(k->point, by, method, path, text_of(body));
}

/* P-1206: of nothing else than what was signed, and by nobody else's key. */
Test(signature, is_of_what_was_signed_alone)
{
	static const char text[] =
	    "sems1\n" ID "\n5000\nPOST\n/v1/batch\n"
	    "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
	struct device_key k, other;
	struct signed_by by = {.key_id = ID, .time_ms = 5000}, changed;

	device_key_make(&k);
	device_key_make(&other);
	device_key_sign(&k, text, by.signature);
	cr_expect(check(&k, &by, "POST", "/v1/batch", "hello"));
	cr_expect_not(check(&other, &by, "POST", "/v1/batch", "hello"));
	cr_expect_not(check(&k, &by, "GET", "/v1/batch", "hello"));
	cr_expect_not(check(&k, &by, "POST", "/v1/enrol", "hello"));
	cr_expect_not(check(&k, &by, "POST", "/v1/batch", "hello "));
	changed = by;
	changed.time_ms++;
	cr_expect_not(check(&k, &changed, "POST", "/v1/batch", "hello"));
	changed = by;
	changed.key_id[0] = 'f';
	cr_expect_not(check(&k, &changed, "POST", "/v1/batch", "hello"));
	for (size_t i = 0; i < SIGNATURE_SIZE; i++) {
		changed = by;
		changed.signature[i] ^= 1;
		cr_expect_not(check(&k, &changed, "POST", "/v1/batch", "hello"), "byte %zu", i);
	}
	memset(changed.signature, 0, SIGNATURE_SIZE);
	cr_expect_not(check(&k, &changed, "POST", "/v1/batch", "hello"));
	device_key_free(&k);
	device_key_free(&other);
}

Test(signature, knows_a_point_of_the_curve)
{
	struct device_key k;

	device_key_make(&k);
	cr_expect(signature_is_point(k.point));
	k.point[64] ^= 1;
	cr_expect_not(signature_is_point(k.point), "beside the curve");
	k.point[64] ^= 1;
	k.point[0] = 2;
	cr_expect_not(signature_is_point(k.point));
	memset(k.point + 1, 0, 64);
	k.point[0] = 4;
	cr_expect_not(signature_is_point(k.point));
	device_key_free(&k);
}
