#include "base/count.h"
#include "web/person/cose.h"

#include <criterion/criterion.h>

#include <string.h>

#define HEAD_ES256 "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20"
#define Y          "\x22\x58\x20"
#define B32        "0123456789abcdef0123456789abcdef"

static size_t
get(const char *bytes, size_t n, struct cose *k)
{
	return cose_read((struct text){bytes, n}, k);
}

Test(cose, reads_a_point_of_p256_and_says_where_it_ends)
{
	static const char bytes[] = HEAD_ES256 B32 Y B32 "more";
	struct cose k;

	cr_assert_eq(get(bytes, sizeof bytes - 1, &k), 77);
	cr_expect_eq(k.signs, SIGNS_ES256);
	cr_expect_eq(k.n, 64);
	cr_expect_arr_eq(k.key, B32 B32, 64);
	for (size_t n = 0; n < 77; n++)
		cr_expect_eq(get(bytes, n, &k), 0, "cut at %zu", n);
}

Test(cose, reads_the_other_sorts)
{
	static const char eddsa[] = "\xa4\x01\x01\x03\x27\x20\x06\x21\x58\x20" B32;
	static const struct {
		char head[11], n[256], e[5], behind[8];
	} rsa = {"\xa4\x01\x03\x03\x39\x01\x00\x20\x59\x01", {'n'}, "\x21\x43\x01\x00\x01", ""};
	struct cose k;

	cr_expect_eq(get(eddsa, sizeof eddsa - 1, &k), 42);
	cr_expect(k.signs == SIGNS_EDDSA && k.n == 32);
	cr_expect_eq(get((const char *)&rsa, sizeof rsa, &k), 272);
	cr_expect(k.signs == SIGNS_RS256 && k.n == 259);
	cr_expect_arr_eq(k.key + 256, "\x01\x00\x01", 3);
}

Test(cose, refuses_whatever_else_there_is)
{
	/* With noughts behind them. */
	static const char rows[][128] = {
	    "\xa0",
	    "\x85\x01\x02\x03\x26\x20",
	    "\xbf\x01\x02\x03\x26\x20\x01\x21\x58\x20" B32 Y B32 "\xff",
	    "\xa5\x01\x02\x03\x26\x20\x02\x21\x58\x20" B32 Y B32,
	    "\xa5\x01\x01\x03\x26\x20\x01\x21\x58\x20" B32 Y B32,
	    "\xa5\x01\x02\x03\x25\x20\x01\x21\x58\x20" B32 Y B32,
	    "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x1f" B32 Y B32,
	    "\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20" B32 "\x21\x58\x20" B32,
	    "\xa5\x01\x02\x03\x26\x20\x01\x21\x05\x22\x05",
	    "\xa4\x01\x02\x03\x26\x20\x01\x21\x58\x20" B32,
	    "\xa5\x01\x02\x03\x26\x20\x01\x21\xfb" B32 Y B32,
	    "\xbb\xff\xff\xff\xff\xff\xff\xff\xff\x01\x02",
	    "\xa5\x01\x02\x03\x26\x20\x01\x21\x5b\xff\xff\xff\xff\xff\xff\xff\xff" B32,
	    "\xa9\x01\x02\x03\x26\x20\x01\x21\x58\x20" B32 Y B32 "\x04\x01\x05\x01\x06\x01\x07\x01",
	};
	struct cose k;

	for (size_t i = 0; i < COUNT(rows); i++)
		cr_expect_eq(get(rows[i], sizeof rows[i], &k), 0, "row %zu", i);
}
