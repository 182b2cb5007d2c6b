#include "base/count.h"
#include "tests/render/sheet/book_fixture.h"

#include <criterion/criterion.h>

#include <stdio.h>

static void
expect(struct sample *s, const char *slug, const char *const sentences[], size_t n)
{
	struct arena *arena;
	struct book b;

	sample_book(s, &b, &arena);
	for (size_t i = 0; i < n; i++)
		cr_expect(sample_says(&b, slug, sentences[i]), "%s", sentences[i]);
	sample_fini(s);
	arena_free(arena);
}

/* A line a reason, counts among them; a line for each kind of record that is wanting. */
Test(summary_ground, what_is_not_known_is_told_by_its_reason)
{
	static const char *const sentences[] = {
	    "QN01 Observation plan delivery, ZZ99 Carts: no figure (nobody told a plan).",
	    "CA01 Actions on time, CA02 Overdue: not computed, for want of action.",
	    ("Not applicable here: QN16 TIP enabled time (no lane has TIP; set by unix:anna at "
	     "2026-01-10 09:00:00 UTC in the name of A. Example), RK01 Risks (no register; set at "
	     "2026-01-11 09:00:00 UTC in the name of A. Example)."),
	};
	struct sample s;
	json_t *one;

	/* Declared to be nobody's business here: with why, by whom and when, in one line. */

	sample_init(&s);
	one = json_deep_copy(sample_metric(&s, 1));
	json_object_set_new(one, "id", json_string("ZZ99"));
	json_object_set_new(one, "name", json_string("Carts"));
	json_object_set_new(one, "form", json_string("INFORMATION"));
	json_array_append_new(json_object_get(s.doc, "metrics"), one);
	json_array_append_new(
	    json_object_get(s.doc, "unsupported"),
	    json_pack("{s:s,s:s,s:s}", "id", "CA02", "name", "Overdue", "needs", "action"));
	json_object_set_new(
	    s.doc, "not_applicable",
	    json_pack("[{s:s,s:s,s:s,s:s,s:s,s:s,s:s},{s:s,s:s,s:s,s:s,s:s,s:s,s:n}]", "id", "QN16",
		      "name", "TIP enabled time", "reason", "no lane has TIP", "declared_by",
		      "A. Example", "from_quarter", "2026-Q1", "set_at", "2026-01-10T09:00:00.000Z",
		      "set_by", "unix:anna", "id", "RK01", "name", "Risks", "reason", "no register",
		      "declared_by", "A. Example", "from_quarter", "2026-Q1", "set_at",
		      "2026-01-11T09:00:00.000Z", "set_by"));
	expect(&s, "summary-unknown", sentences, COUNT(sentences));
}

/* A status of a part is one of as many as there are; the entity's stands alone. */
Test(summary_ground, false_alarms_are_told_as_many_as_chance_makes)
{
	static const char *const sentences[] = {
	    ("1 rate of the entity and its sites is judged by the 95 % interval alone: of rates "
	     "exactly on their target about one in twenty would get a status by chance, here 0.1."),
	    ("1 other part has the status met or not met (q below 0.05): at most one in twenty "
	     "such "
	     "statuses is expected to be a false alarm, here 0.1."),
	};
	json_t *part;
	struct sample s;

	sample_init(&s);
	part = json_deep_copy(sample_figure(&s, 0));
	json_object_set_new(part, "by", json_pack("{s:s}", "stream", "HOLD"));
	json_object_set_new(part, "q", json_real(0.01));
	json_object_set_new(part, "history", json_array());
	json_array_append_new(json_object_get(sample_metric(&s, 0), "figures"), part);
	expect(&s, "summary-ground", sentences, COUNT(sentences));
}

Test(summary_ground, feeds_clocks_late_and_refused_records_are_told)
{
	static const char *const sentences[] = {
	    "Of 2 feeds 1 lacks records, and of 1 nobody said what to expect.",
	    "lane-1, tip event: 7 of 320 expected records are missing.",
	    "1 feed fell silent in the quarter.",
	    "2 records about this quarter were refused and kept apart.",
	    "4 of 313 records came more than 72 hours after what they tell.",
	    ("lane-1: its clock was more than a minute wrong in 12 of 1,000 heartbeats, at worst "
	     "by 91 seconds."),
	    "1 figure differs from what was submitted before.",
	    "2 tests that nobody has debriefed yet are left out of this revision.",
	};
	json_t *completeness;
	struct sample s;

	sample_init(&s);
	completeness = json_object_get(s.doc, "completeness");
	json_object_set_new(
	    completeness, "late",
	    json_pack("{s:i,s:i,s:i}", "received", 313, "after_lag", 4, "lag_hours", 72));
	json_object_set_new(completeness, "clock",
			    json_pack("[{s:s,s:i,s:i,s:i}]", "source", "lane-1", "beyond_60s", 12,
				      "told", 1000, "worst_ms", 90747));
	expect(&s, "summary-ground", sentences, COUNT(sentences));
}

/* Those that lack most come first, each once, and no more than there is room for. */
Test(summary_ground, the_feeds_that_lack_most_are_named)
{
	struct arena *arena;
	struct sample s;
	struct book b;
	json_t *feeds;

	sample_init(&s);
	feeds = json_object_get(json_object_get(s.doc, "completeness"), "feeds");
	for (int i = 0; i < 12; i++) {
		json_t *one = json_deep_copy(json_array_get(feeds, 0));

		json_object_set_new(one, "source", json_sprintf("s%d", i));
		json_object_set_new(one, "missing", json_integer(20 + i / 6));
		json_array_append_new(feeds, one);
	}
	sample_book(&s, &b, &arena);
	for (int i = 6; i < 12; i++) {
		char sentence[100];

		snprintf(sentence, sizeof sentence,
			 "s%d, tip event: 21 of 320 expected records are missing.", i);
		cr_expect(sample_says(&b, "summary-ground", sentence), "%s", sentence);
	}
	cr_expect(sample_says(&b, "summary-ground",
			      "s1, tip event: 20 of 320 expected records are missing."));
	cr_expect_not(sample_says(&b, "summary-ground",
				  "s2, tip event: 20 of 320 expected records are missing."));
	sample_fini(&s);
	arena_free(arena);
}
