#include "base/count.h"
#include "tools/import/decimal.h"

#include <criterion/criterion.h>

Test(decimal, reads_numbers_of_a_form)
{
	static const struct {
		struct decimal_form form;
		const char *text;
		const char *plain; /* NULL: none */
	} rows[] = {
	    {{'.', ""}, "1234.5", "1234.5"},
	    {{'.', ""}, "-12", "-12"},
	    {{'.', ""}, "+1.5E-3", "+1.5E-3"},
	    {{'.', ""}, "1,234", NULL},
	    {{'.', ""}, "1 234", NULL},
	    {{'.', ""}, ".5", NULL},
	    {{'.', ""}, "5.", NULL},
	    {{'.', ""}, "1e", NULL},
	    {{'.', ""}, "0x10", NULL},
	    {{'.', ""}, "inf", NULL},
	    {{'.', ""}, "", NULL},
	    {{',', "."}, "1.234.567,89", "1234567.89"},
	    {{',', "."}, "1234567,89", "1234567.89"},
	    {{',', "."}, "12.34", NULL},
	    {{',', "."}, "1234.567", NULL},
	    {{',', "."}, "1.234.56", NULL},
	    {{'.', ","}, "12,345", "12345"},
	    {{'.', "'"}, "12'345.5", "12345.5"},
	    {{',', " "}, "1 234,5", "1234.5"},
	    {{',', " "},
	     "1\xC2\xA0"
	     "234",
	     "1234"},
	    {{',', " "},
	     "1\xE2\x80\xAF"
	     "234",
	     "1234"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char out[DECIMAL_BYTES];
		bool good = decimal_plain(text_of(rows[i].text), &rows[i].form, out);

		cr_expect_eq(good, rows[i].plain != NULL, "%s", rows[i].text);
		if (good && rows[i].plain != NULL)
			cr_expect_str_eq(out, rows[i].plain);
	}
}

Test(decimal, doubts_what_may_be_thousands)
{
	cr_expect(decimal_is_doubtful(TEXT_LIT("1.234")));
	cr_expect(decimal_is_doubtful(TEXT_LIT("12.345.678")));
	cr_expect_not(decimal_is_doubtful(TEXT_LIT("1.23")));
	cr_expect_not(decimal_is_doubtful(TEXT_LIT("1234.567")));
	cr_expect_not(decimal_is_doubtful(TEXT_LIT("1234")));
}
