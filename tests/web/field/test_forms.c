#include "base/count.h"
#include "base/json/jsonin.h"
#include "core/kind/kind.h"
#include "tests/web/desk/stand.h"
#include "web/field/forms.h"

#include <criterion/criterion.h>

#include <string.h>

static json_t *
forms(const char *grants)
{
	json_t *given = json_loads(grants, 0, NULL);
	json_t *all = forms_for(given);

	json_decref(given);
	cr_assert(json_is_array(all));
	return all;
}

static const json_t *
named(const json_t *list, const char *key, const char *name)
{
	for (size_t i = 0; i < json_array_size(list); i++)
		if (strcmp(member_text(json_array_get(list, i), key), name) == 0)
			return json_array_get(list, i);
	return NULL;
}

/* P-1412: what a device may send, of what people fill in. */
Test(forms, are_of_what_is_granted_and_filled_in_by_people)
{
	static const struct {
		const char *grants;
		size_t least, most;
	} rows[] = {
	    {"[]", 0, 0},
	    {"[{\"kind\":\"observation\"}]", 1, 1},
	    {"[{\"kind\":\"observation\"},{\"kind\":\"equipment_check\"}]", 2, 2},
	    {"[{\"kind\":\"tip_event\"},{\"kind\":\"void\"}]", 0, 0},
	    {"[{\"kind\":\"*\"}]", 2, KIND_COUNT},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		json_t *all = forms(rows[i].grants);

		cr_expect(json_array_size(all) >= rows[i].least &&
			      json_array_size(all) <= rows[i].most,
			  "row %zu", i);
		json_decref(all);
	}
}

/* P-1412: a field has one name everywhere, and its limits. */
Test(forms, have_the_fields_of_their_kinds_tables)
{
	json_t *all = forms("[{\"kind\":\"*\"}]");
	const json_t *form = named(all, "kind", "observation");
	const json_t *fields = json_object_get(form, "fields");
	const json_t *site = named(fields, "name", "site_id");
	const json_t *mode = named(fields, "name", "mode");
	const json_t *criteria = named(fields, "name", "criteria");

	cr_expect(json_is_true(json_object_get(site, "required")));
	cr_expect_str_eq(member_text(mode, "type"), "ENUM");
	cr_expect_str_eq(member_text(mode, "prefix"), "OBSERVATION_MODE_");
	cr_expect_str_eq(json_words(json_array_get(json_object_get(mode, "options"), 0)), "OVERT");
	cr_expect_str_eq(member_text(criteria, "type"), "LIST");
	cr_expect_not_null(named(json_object_get(criteria, "item"), "name", "criterion_id"));
	cr_expect_null(named(fields, "name", "template_version"), "the app says that");
	cr_expect(json_is_true(json_object_get(form, "templated")));
	cr_expect_null(named(fields, "name", "record_id"));
	json_decref(all);
}

/* P-1412: whatever is required can be told; else no entry would ever be taken. */
Test(forms, ask_for_all_that_is_required)
{
	json_t *all = forms("[{\"kind\":\"*\"}]");

	for (size_t i = 0; i < json_array_size(all); i++) {
		const json_t *form = json_array_get(all, i);
		const struct kind *k = kind_by_name(text_of(member_text(form, "kind")));

		cr_assert_not_null(k);
		for (size_t f = 0; f < k->n_own; f++)
			if ((k->own[f].flags & FIELD_REQUIRED) != 0)
				cr_expect_not_null(
				    named(json_object_get(form, "fields"), "name", k->own[f].name),
				    "%s.%s", k->name, k->own[f].name);
	}
	json_decref(all);
}

Test(forms, have_a_version_that_is_the_same_for_the_same_form)
{
	json_t *a = forms("[{\"kind\":\"*\"}]");
	json_t *b = forms("[{\"kind\":\"observation\"}]");
	const json_t *of_all = named(a, "kind", "observation");
	const json_t *of_one = named(b, "kind", "observation");

	cr_expect_eq(strlen(member_text(of_all, "version")), 12);
	cr_expect_str_eq(member_text(of_all, "version"), member_text(of_one, "version"));
	cr_expect_str_neq(member_text(of_all, "version"),
			  member_text(named(a, "kind", "equipment_check"), "version"));
	json_decref(a);
	json_decref(b);
}

/* P-1412: in the device's own name. */
Test(forms, are_for_a_device_that_is_known)
{
	static const char request[] = "GET /v1/forms HTTP/1.1\r\n\r\n";
	Sems__V1__ClientFrame *f;
	struct far_line *l;
	struct stand s;
	char whom[128];

	stand_open(&s, NULL);
	cr_expect_eq(strncmp(talk_ask(&s.talk, request), "HTTP/1.1 401", 12), 0);
	stand_close(&s);
	stand_open(&s, "device:phone-1");
	talk_say(&s.talk, request, sizeof request - 1);
	l = far_accept(&s.semsd);
	far_greeted(l, whom);
	cr_expect_str_eq(whom, "device:phone-1");
	far_welcome(l, "device:phone-1", "device");
	f = far_hear(l);
	cr_assert_eq(f->request->body_case, SEMS__V1__REQUEST__BODY_RIGHTS);
	far_document(l, f->request->request_no,
		     "{\"principal\":\"device:phone-1\",\"grants\":[{\"source\":\"p\","
		     "\"kind\":\"observation\",\"site\":\"*\"}]}",
		     false);
	sems__v1__client_frame__free_unpacked(f, NULL);
	cr_expect_not_null(strstr(stand_answer(&s), "\"title\":\"Observation\""));
	cr_expect_not_null(strstr(s.talk.heard, "\"source\":\"p\""));
	cr_expect_null(strstr(s.talk.heard, "Equipment check"));
	far_end_line(l);
	stand_close(&s);
}
