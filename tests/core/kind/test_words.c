#include "base/count.h"
#include "base/text.h"
#include "core/kind/kind.h"
#include "core/kind/words.h"

#include <criterion/criterion.h>

#include <jansson.h>
#include <string.h>

Test(words, are_those_of_a_code_of_the_field_and_of_nothing_else)
{
	static const struct {
		const char *field;
		const char *code;
		const char *words; /* NULL: it is no code of it */
	} rows[] = {
	    {"threat_category", "IED_COMPONENT", "IED component"},
	    {"threat_category", "LAG", "LAG"},
	    {"mode", "CCTV_REVIEW", "CCTV review"},
	    {"mode", "COVERT", "covert"},
	    {"severity", "OBSERVATION_ONLY", "observation only"},
	    {"check_type", "DAILY_OTP", "daily OTP"},
	    {"severity", "GUN", NULL},
	    {"site_id", "GUN", NULL},
	    {"threat_category", "gun", NULL},
	    {"threat_category", "", NULL},
	    {"", "GUN", NULL},
	};
	char out[40];

	for (size_t i = 0; i < COUNT(rows); i++) {
		cr_expect_eq(code_words(rows[i].field, rows[i].code, out, sizeof out),
			     rows[i].words != NULL);
		cr_expect_str_eq(out, rows[i].words == NULL ? rows[i].code : rows[i].words);
	}
}

Test(words, end_where_their_room_does)
{
	char out[6];

	cr_expect(code_words("severity", "OBSERVATION_ONLY", out, sizeof out));
	cr_expect_str_eq(out, "obser");
}

static const char *
named(const char *field, const char *code)
{
	static char out[64];
	json_t *names = json_pack("{s:{s:s}, s:{s:s}, s:{}}", "site", "T1", "Terminal 1", "measure",
				  "4.1", "Screening of passengers", "provider");

	code_named(names, field, code, out, sizeof out);
	json_decref(names);
	return out;
}

Test(words, a_code_stands_before_what_it_is_called)
{
	cr_expect_str_eq(named("site", "T1"), "T1 Terminal 1");
	cr_expect_str_eq(named("measure", "4.1"), "4.1 Screening of passengers");
	cr_expect_str_eq(named("site", "T9"), "T9");
	cr_expect_str_eq(named("measure", "T1"), "T1", "a site's name is no measure's");
	cr_expect_str_eq(named("provider", "g4"), "g4");
	cr_expect_str_eq(named("shift_id", "early"), "early");
	cr_expect_str_eq(named("threat_category", "IED_COMPONENT"), "IED component");
}

Test(words, a_name_that_has_no_room_is_cut_between_characters)
{
	char out[12];
	json_t *names = json_pack("{s:{s:s}}", "site", "T1", "éééééééééé");

	code_named(names, "site", "T1", out, sizeof out);
	json_decref(names);
	cr_expect_eq(strncmp(out, "T1 ", 3), 0, "%s", out);
	cr_expect(text_is_clean_utf8(text_of(out)), "%s", out);
	code_named(NULL, "site", "T1", out, sizeof out);
	cr_expect_str_eq(out, "T1");
}
