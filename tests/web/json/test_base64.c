#include "base/count.h"
#include "web/json/base64.h"

#include <criterion/criterion.h>

/* RFC 4648, section 10, and what either alphabet tells apart. */
static const struct {
	const char *bytes;
	size_t n;
	const char *text;
} rows[] = {
    {"", 0, ""},
    {"f", 1, "Zg=="},
    {"fo", 2, "Zm8="},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg=="},
    {"fooba", 5, "Zm9vYmE="},
    {"foobar", 6, "Zm9vYmFy"},
    {"\xfb\xff\xfe", 3, "+//+"},
};

Test(base64, is_written_and_read_as_the_rfc_has_it)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[BASE64_SIZE(6)];
		unsigned char bytes[16];
		size_t n = 99;

		base64_encode((const unsigned char *)rows[i].bytes, rows[i].n, text);
		cr_expect_str_eq(text, rows[i].text);
		cr_expect(base64_decode(text_of(rows[i].text), bytes, &n));
		cr_expect(n == rows[i].n && memcmp(bytes, rows[i].bytes, n) == 0, "%s", text);
	}
}

Test(base64, is_read_without_padding_and_in_the_other_alphabet)
{
	static const struct {
		const char *text;
		size_t n;
	} good[] = {{"Zg", 1}, {"Zm8", 2}, {"-__-", 3}, {"Zm9vYg", 4}};

	for (size_t i = 0; i < COUNT(good); i++) {
		unsigned char bytes[16];
		size_t n = 99;

		cr_expect(base64_decode(text_of(good[i].text), bytes, &n), "%s", good[i].text);
		cr_expect_eq(n, good[i].n);
	}
}

Test(base64, is_refused_where_bits_or_letters_are_none_of_it)
{
	static const char *const bad[] = {"Z",     "Zg=",   "Zg===", "Zm9=v", "Zh==", "Zm9v Yg==",
					  "Zm9\n", "Zm9vY", "====",  "Zm9v!", "="};

	for (size_t i = 0; i < COUNT(bad); i++) {
		unsigned char bytes[16];
		size_t n;

		cr_expect_not(base64_decode(text_of(bad[i]), bytes, &n), "%s", bad[i]);
	}
	cr_expect_not(
	    base64_decode((struct text){"Zm9\0", 4}, (unsigned char[4]){0}, &(size_t){0}));
}
