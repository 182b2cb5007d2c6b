#include "base/count.h"
#include "web/read/headline.h"

#include <criterion/criterion.h>

#define GOOD                                                                                       \
	"\"entity\":\"E\",\"database\":{\"is_safe\":true},\"gaps\":[],\"late_groups\":[],"         \
	"\"silent_total\":0,"                                                                      \
	"\"quarantine_open\":{\"RANGE\":0},\"doubles\":{\"records\":0},\"calendar\":{\"days\":0}," \
	"\"duties\":[{\"duty\":\"x\",\"aside_until\":null}],\"doors\":{\"fault\":null,\"own_"      \
	"ending\":{"                                                                               \
	"\"first\":[]}}"

static const struct headline *
first_of(const char *json, size_t *at)
{
	json_t *j = json_loads(json, 0, NULL);
	const struct headline *words;

	cr_assert_not_null(j, "%s", json);
	*at = 0;
	words = headline_next(j, at);
	json_decref(j);
	return words;
}

Test(headline, says_nothing_of_what_is_well)
{
	size_t at;

	cr_expect_null(first_of("{" GOOD "}", &at));
}

/* Each thing by itself: of two members of one name the last counts. */
Test(headline, says_each_thing_that_is_wrong)
{
	static const struct {
		const char *member, *says;
	} rows[] = {
	    {"\"gaps\":[{}]", "may be missing"},
	    {"\"database\":{\"is_safe\":false}", "not safe"},
	    {"\"late_groups\":[{}]", "wait to be stored"},
	    {"\"entity\":null", "set up"},
	    {"\"doors\":{\"fault\":\"x\"}", "not those of the files"},
	    {"\"doors\":{\"own_ending\":{\"first\":[{}]}}", "of semsd's own ends"},
	    {"\"doors\":{\"twice\":{\"first\":[{}]}}", "twice at once"},
	    {"\"doors\":{\"ending\":{\"first\":[{}]}}", "those who come"},
	    {"\"duties\":[{},{\"aside_until\":\"2026\"}]", "set aside"},
	    {"\"silent_total\":2", "silent"},
	    {"\"quarantine_open\":{\"A\":0,\"B\":1}", "refused"},
	    {"\"doubles\":{\"records\":4}", "twice"},
	    {"\"calendar\":{\"days\":1}", "calendar"},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char json[1024];
		const struct headline *words;
		size_t at;

		snprintf(json, sizeof json, "{" GOOD ",%s}", rows[i].member);
		words = first_of(json, &at);
		cr_assert_not_null(words, "%s", rows[i].member);
		cr_expect_not_null(strstr(words->words, rows[i].says), "%s: %s", rows[i].member,
				   words->words);
	}
}

Test(headline, goes_on_to_the_next)
{
	json_t *j = json_loads("{\"gaps\":[{}],\"entity\":\"E\",\"silent_total\":1}", 0, NULL);
	size_t at = 0;

	cr_expect_not_null(strstr(headline_next(j, &at)->words, "missing"));
	cr_expect_not_null(strstr(headline_next(j, &at)->words, "silent"));
	cr_expect_null(headline_next(j, &at));
	cr_expect_null(headline_next(j, &at));
	json_decref(j);
}
