#include "render/page/html.h"
#include "render/sheet/sheets.h"
#include "tests/render/edition_fixture.h"

#include <criterion/criterion.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

static json_t *
metric_at(const struct sample *s, size_t i)
{
	return json_array_get(json_object_get(s->doc, "metrics"), i);
}

/* Both are the caller's to end. */
static const struct buf *
page_of(struct sample *s, struct renderings *files)
{
	sample_init(s);
	sample_render(s, "html", files);
	return sample_file(files, ".html");
}

Test(html, text_is_escaped)
{
	struct buf out;

	buf_init(&out, 1000);
	html_text(&out, "<b>&\"' x\x01");
	cr_assert_eq(out.n, strlen("&lt;b&gt;&amp;&quot;&#39; x"));
	cr_assert_arr_eq(out.p, "&lt;b&gt;&amp;&quot;&#39; x", out.n);
	buf_fini(&out);
}

Test(html, nothing_ends_a_css_string)
{
	struct buf out;

	buf_init(&out, 1000);
	html_css_string(&out, "A-1 \"}</é");
	cr_assert_arr_eq(out.p, "\"A-1 \\000022 \\00007d \\00003c \\00002f \\0000e9 \"", out.n);
	buf_fini(&out);
}

/* Whatever text gets into a document must come out as text. */
static void
spoil(json_t *j)
{
	static const char evil[] = "</style></title><script>alert(1)</script>\"'><img src=x>";
	const char *key;
	json_t *value;
	void *next;
	size_t i;

	json_object_foreach_safe(j, next, key, value)
	{
		bool kept = strcmp(key, "format") == 0 || strcmp(key, "marking") == 0 ||
			    strcmp(key, "action") == 0 || strcmp(key, "document_sha256") == 0 ||
			    strcmp(key, "id") == 0;

		if (json_is_string(value) && !kept)
			json_object_set_new(j, key, json_string(evil));
		else
			spoil(value);
	}
	json_array_foreach(j, i, value) spoil(value);
}

Test(html, nothing_that_comes_in_can_act)
{
	struct renderings files = {0};
	struct sample s;
	const struct buf *page;
	struct err e;

	sample_init(&s);
	cr_assert_eq(sample_read(&s, &e), OK, "%s", e.text);
	spoil(s.edition.doc);
	spoil(s.edition.declaration);
	cr_assert_eq(render(&s.edition, "html", &files, &e), OK, "%s", e.text);
	page = sample_file(&files, ".html");
	cr_expect(!sample_has(page, "<script"));
	cr_expect(!sample_has(page, "<img"));
	cr_expect_eq(sample_count(page, "</style>"), 1);
	cr_expect_eq(sample_count(page, "</title>"), 1 + sample_count(page, "<title id="));
	cr_expect(sample_has(page, "&lt;script&gt;alert(1)&lt;/script&gt;"));
	renderings_fini(&files);
	sample_fini(&s);
}

/* In its words for people, and for programs the code alone. */
Test(html, calls_sites_and_measures_by_name_beside_their_codes)
{
	struct renderings page = {0};
	struct renderings csv = {0};
	struct sample s;
	struct err e;

	sample_init(&s);
	cr_assert_eq(sample_read(&s, &e), OK, "%s", e.text);
	cr_assert_eq(render(&s.edition, "html", &page, &e), OK, "%s", e.text);
	cr_assert_eq(render(&s.edition, "csv", &csv, &e), OK, "%s", e.text);
	cr_expect(sample_has(sample_file(&page, ".html"), ">NMR =Northmoor<"));
	cr_expect(sample_has(sample_file(&page, ".html"), ">4.1 Screening<"));
	for (size_t i = 0; i < csv.n; i++)
		cr_expect(!sample_has(&csv.file[i].bytes, "NMR =Northmoor"), "%s",
			  csv.file[i].name);
	renderings_fini(&csv);
	renderings_fini(&page);
	sample_fini(&s);
}

Test(html, is_one_page_that_fetches_nothing)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	sample_init(&s);
	sample_render(&s, "html", &files);
	cr_assert_eq(files.n, 1);
	page = sample_file(&files, "2026-Q2_r2_OFFICIAL-SENSITIVE_spd.html");
	cr_expect(sample_has(page, "default-src 'none'"));
	cr_expect(!sample_has(page, "http:"));
	cr_expect(!sample_has(page, "https:"));
	cr_expect(!sample_has(page, "url("));
	cr_expect(!sample_has(page, " src="));
	cr_expect(!sample_has(page, "<link"));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, carries_its_marking_on_screen_and_on_every_printed_page)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	page = page_of(&s, &files);
	cr_expect(sample_has(page, "<title>OFFICIAL-SENSITIVE"));
	cr_expect(sample_has(page, "@top-center{content:\"OFFICIAL-SENSITIVE\""));
	cr_expect(sample_has(page, "@bottom-center{content:\"OFFICIAL-SENSITIVE\""));
	cr_expect_eq(sample_count(page, "<p class=\"marking\">OFFICIAL-SENSITIVE</p>"), 2);
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, begins_with_what_failed_and_what_is_signed)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	sample_init(&s);
	json_object_set_new(json_array_get(json_object_get(metric_at(&s, 0), "figures"), 0),
			    "status", json_string("NOT_MET"));
	sample_render(&s, "html", &files);
	page = sample_file(&files, ".html");
	cr_expect(sample_has(page, "✗ NOT MET"));
	cr_expect(sample_has(page, "90.0 % (270 of 300)"));
	cr_expect(sample_has(page, "A new library since May."));
	cr_expect(sample_has(page, "by 10.0 pp (95 % interval +4.0 pp to +16.0 pp, "
				   "screeners in general), better."));
	cr_expect(sample_has(page, "from not proven to not met."));
	cr_expect(sample_has(page, "new: not proven in 2026-Q1"));
	cr_expect(sample_has(page, "fell by 10.0 pp since the week of 6 April 2026"));
	cr_expect(sample_has(page, "r.castellan"));
	cr_expect(sample_has(page, s.edition.sha256));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, says_why_there_is_no_figure)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	page = page_of(&s, &files);
	cr_expect(sample_has(page, "∅ NO DATA (nobody told a plan)"));
	cr_expect(sample_has(page, ">NO DATA (nobody told a plan)<"));
	cr_expect(!sample_has(page, ">0.0 %<"));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, tells_what_is_provisional)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	sample_init(&s);
	json_object_set_new(s.doc, "revision", json_integer(0));
	json_object_set_new(s.doc, "state", json_string("PROVISIONAL"));
	json_decref(s.declaration);
	s.declaration = NULL;
	sample_render(&s, "html", &files);
	page = sample_file(&files, "_provisional_OFFICIAL-SENSITIVE_spd.html");
	cr_expect(sample_has(page, "<strong>PROVISIONAL.</strong>"));
	cr_expect(sample_has(page, "<body class=\"draft\">"));
	cr_expect(sample_has(page, "nobody has declared this data honest and accurate"));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, plots_have_a_text_and_their_data_beside_them)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;
	size_t plots;

	page = page_of(&s, &files);
	plots = sample_count(page, "<svg class=\"plot\"");
	cr_expect_eq(plots, 3, "%zu", plots);
	cr_expect_eq(sample_count(page, "role=\"img\""),
		     plots + sample_count(page, "<svg class=\"spark\""));
	cr_expect_eq(sample_count(page, "<desc id="), plots);
	cr_expect_eq(sample_count(page, "<figcaption>"), plots);
	cr_expect(sample_has(
	    page,
	    "From the week of 6 April 2026 on the limits are of their own: New "
	    "machines (set by unix:anna at 2026-04-10 10:00:00+01:00 (09:00:00 UTC) in the name of "
	    "J. Marsh)."));
	cr_expect(sample_has(
	    page, "(88.0 %), are at 86.0 %, 84.0 % and 82.0 %. Points that call at them: 1."));
	cr_expect(sample_has(page, "beyond line 3"));
	cr_expect(sample_has(
	    page,
	    "1 outside the control limits. The limits of the newest level (Laney p′) are three "
	    "standard deviations from the centre, times 1.25"));
	cr_expect(sample_has(page, "▼ below the limits"));
	/* One week and one site are outside, and each is ringed. */
	cr_expect_eq(sample_count(page, "<circle class=\"ring\""), 2);
	cr_expect(!sample_has(page, "nan"));
	cr_expect(!sample_has(page, "inf,"));
	renderings_fini(&files);
	sample_fini(&s);
}

/* Each sentence of the summary leads to where the rest of it is. */
Test(html, sentences_lead_to_their_metric)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	page = page_of(&s, &files);
	cr_expect(sample_has(page, "<li><a href=\"#m-OUT03\">OUT03</a> TIP hit rate rose from"));
	cr_expect(sample_has(page, "<li><a href=\"#data_quality\">Data quality</a> 2 records"));
	cr_expect_eq(sample_count(page, "<tr id=\"m-OUT03\">"), 1);
	cr_expect_eq(sample_count(page, " id=\"data_quality\""), 1);
	renderings_fini(&files);
	sample_fini(&s);
}

/* Results stand open, one row a metric; what they are made of opens on demand. */
Test(html, folds_what_a_metric_is_broken_down_by)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	page = page_of(&s, &files);
	cr_expect_eq(sample_count(page, "<details>"), sample_count(page, "</details>"));
	cr_expect(sample_has(page, "<details><summary><h3 id=\"tip-2\">By site</h3></summary>"));
	cr_expect(!sample_has(page, "<summary><h3 id=\"scorecard-1\">"));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, a_row_of_the_scorecard_tells_its_quarters_and_its_weeks)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	page = page_of(&s, &files);
	cr_expect(sample_has(page, "▼ worse than weeks vary; ◐ weeks meet or miss the target"));
	cr_expect(sample_has(page, "<svg class=\"spark\""));
	cr_expect(
	    sample_has(page, "aria-label=\"2025-Q4 no value, 2026-Q1 80.0 %, 2026-Q2 90.0 %\""));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, names_measures_that_lack_a_form)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	page = page_of(&s, &files);
	cr_expect(sample_has(page, "Of 1 measures that anything is known of, no qualitative metric "
				   "tells anything of 1: 4.1 Screening."));
	cr_expect_not(sample_has(page, "no output metric"));
	renderings_fini(&files);
	sample_fini(&s);
}

/* Who acts is said by comments, and by the register of actions. */
Test(html, says_of_which_failed_figures_nobody_has_said_who_acts)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	sample_init(&s);
	json_object_set_new(s.doc, "balances", json_array());
	sample_render(&s, "html", &files);
	page = sample_file(&files, ".html");
	cr_expect(sample_has(page, "Who acts, until when"));
	cr_expect(sample_has(page, "The register has no action by the quarter&#39;s end."));
	cr_expect_not(sample_has(page, "nobody has said it yet"));
	renderings_fini(&files);
	sample_fini(&s);
	sample_init(&s);
	json_object_set_new(s.doc, "balances", json_array());
	json_object_set_new(sample_figure(&s, 0), "status", json_string("NOT_MET"));
	json_object_set_new(s.declaration, "events", json_array());
	json_array_append_new(json_object_get(s.doc, "balances"),
			      json_pack("{s:s, s:i, s:i, s:i, s:i}", "what", "ACTIONS", "opening",
					3, "raised", 2, "closed", 1, "closing", 4));
	sample_render(&s, "html", &files);
	page = sample_file(&files, ".html");
	cr_expect(sample_has(page, "Of 1 figure above nobody has said it yet (a comment would): "
				   "OUT03."));
	cr_expect(sample_has(page, "Actions of the register: 3 open when the quarter began, 2 "
				   "raised, 1 closed, 4 open at its end."));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, marks_a_target_that_was_set_when_the_quarter_had_ended)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	page = page_of(&s, &files);
	cr_expect(sample_has(page, ">80.0 % ◆<"));
	cr_expect(sample_has(page, "◆ 1 target was set when the quarter had ended: OUT03."));
	renderings_fini(&files);
	sample_fini(&s);
}

/* A quarter without a figure is a gap, not a nought. */
Test(html, a_line_in_a_row_has_gaps)
{
	static const double points[] = {0.5, NAN, 1.0, 0.0};
	struct cell c = {.kind = CELL_TEXT, .text = "a & b", .points = points, .n_points = 4};
	struct buf out;

	buf_init(&out, 10000);
	html_spark(&out, &c);
	cr_expect(sample_has(&out, "aria-label=\"a &amp; b\""));
	cr_expect(sample_has(&out, "d=\"M3 9.0h0M47 3.0h0L69 15.0\""));
	buf_fini(&out);
}

Test(html, restatements_name_who_approved_them)
{
	static const char row[] = "<td>a_lane was late<td>5<";
	struct renderings files;
	struct sample s;
	const struct buf *page;
	json_t *event;

	page = page_of(&s, &files);
	cr_expect(sample_has(page, row));
	cr_expect(sample_has(page, "<td>5<td>r.castellan"));
	renderings_fini(&files);
	edition_fini(&s.edition);
	event = json_array_get(json_object_get(s.declaration, "events"), 2);
	json_object_set_new(event, "action", json_string("COMMENT"));
	sample_render(&s, "html", &files);
	page = sample_file(&files, ".html");
	cr_expect(sample_has(page, row));
	cr_expect(sample_has(page, "<td>5<td class=\"muted\">not approved yet"));
	renderings_fini(&files);
	sample_fini(&s);
}

/* A comment that came after the review led back to a draft. */
Test(html, a_review_that_does_not_hold_any_more_is_none)
{
	static const char none[] = "<th scope=\"row\">Reviewed<td class=\"muted\">not yet";
	struct renderings files;
	struct sample s;
	json_t *events;

	sample_init(&s);
	events = json_object_get(s.declaration, "events");
	json_object_set_new(json_array_get(events, 0), "action", json_string("QA"));
	sample_render(&s, "html", &files);
	cr_expect_not(sample_has(sample_file(&files, ".html"), none));
	renderings_fini(&files);
	edition_fini(&s.edition);
	json_object_set_new(json_array_get(events, 1), "state", json_string("DRAFT"));
	sample_render(&s, "html", &files);
	cr_expect(sample_has(sample_file(&files, ".html"), none));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, a_quarter_without_anything_is_still_a_page)
{
	struct renderings files;
	struct sample s;
	const struct buf *page;

	sample_init(&s);
	json_object_set_new(s.doc, "metrics", json_array());
	json_object_set_new(s.doc, "records", json_array());
	json_object_set_new(s.doc, "unsupported", json_array());
	json_object_set_new(s.doc, "balances", json_array());
	json_object_set_new(s.doc, "restatements", json_array());
	json_object_set_new(s.doc, "proof", json_null());
	sample_render(&s, "all", &files);
	page = sample_file(&files, ".html");
	cr_expect(sample_has(page, "No metric that has a target failed it"));
	cr_expect(sample_has(page, "</html>"));
	renderings_fini(&files);
	sample_fini(&s);
}

Test(html, says_how_many_metrics_a_history_leaves_out)
{
	struct renderings files;
	struct sample s;
	json_t *metrics;
	json_t *one = NULL;
	json_t *m;
	size_t i;

	sample_init(&s);
	metrics = json_object_get(s.doc, "metrics");
	json_array_foreach(metrics, i, m)
	{
		if (one == NULL &&
		    json_array_size(json_object_get(metric_entity_figure(m), "history")) > 0)
			one = m;
	}
	cr_assert_not_null(one);
	for (i = 0; i < 20; i++)
		json_array_append_new(metrics, json_deep_copy(one));
	sample_render(&s, "html", &files);
	cr_expect(sample_has(sample_file(&files, ".html"), "The first 8 of 21 metrics"));
	renderings_fini(&files);
	sample_fini(&s);
}

/* One correction of two findings of three; so many of them, the last by "p41". */
static void
put_corrections(json_t *doc, int n)
{
	static const char row[] =
	    "{\"is_void\":false,\"kind\":\"audit\",\"dated_ahead\":false,\"names\":null,"
	    "\"received_at\":\"2026-05-04T10:15:00.000Z\",\"record_id\":\"r\",\"source\":\"s\","
	    "\"standing\":\"IN_EFFECT\",\"changes\":[{\"field\":\"findings\","
	    "\"was\":["
	    "{\"finding_id\":\"F1\",\"state\":\"OPEN\"},{\"finding_id\":\"F2\",\"state\":\"OPEN\"},"
	    "{\"finding_id\":\"F3\",\"state\":\"OPEN\"}],\"becomes\":["
	    "{\"finding_id\":\"F1\",\"state\":\"OPEN\"},{\"finding_id\":\"F2\",\"state\":"
	    "\"CLOSED\","
	    "\"severity\":\"OBSERVATION_ONLY\"},{\"finding_id\":\"F4\",\"state\":\"OPEN\"}]},"
	    "{\"field\":\"site_id\",\"was\":\"OPEN\",\"becomes\":null}]}";
	json_t *rows = json_object_get(json_object_get(doc, "corrections"), "rows");

	json_array_append_new(json_object_get(json_object_get(doc, "template"), "sheets"),
			      json_pack("{s:s, s:s, s:s, s:n, s:n, s:[], s:[], s:[]}", "id",
					"corrections", "title", "Corrections", "content",
					"CORRECTIONS", "note", "empty", "metrics", "by",
					"columns"));

	for (int i = 1; i <= n; i++) {
		json_t *one = json_loads(row, 0, NULL);

		json_object_set_new(one, "made_by", json_sprintf("p%d", i));
		json_array_append_new(rows, one);
	}
}

Test(html, says_what_a_correction_changed_and_not_what_it_left)
{
	struct sample s;
	struct renderings files;
	const struct buf *page;
	const struct buf *csv;

	sample_init(&s);
	put_corrections(s.doc, 41);
	sample_render(&s, "html", &files);
	page = sample_file(&files, ".html");
	cr_expect_eq(sample_count(page,
				  "<td>findings F2: state: open, now closed, severity: not given, "
				  "now observation only; findings 3: finding_id: F3, now F4; "
				  "site_id: OPEN, now not given"),
		     40);
	cr_expect_eq(sample_count(page, ">p41"), 1);
	cr_expect_eq(sample_count(page, ">p1<"), 0);
	cr_expect_eq(sample_count(page, "The last 40 of 41 rows: all are in the workbook"), 1);
	renderings_fini(&files);
	edition_fini(&s.edition);
	sample_render(&s, "csv", &files);
	csv = sample_file(&files, "_corrections.csv");
	cr_expect_eq(sample_count(csv, "OBSERVATION_ONLY"), 41);
	renderings_fini(&files);
	sample_fini(&s);
}

/* The quarter before tells three lines; where there was none, none are drawn. */
Test(html, draws_alert_lines_beside_the_limits)
{
	struct sample s;
	struct renderings files;
	const struct buf *page = page_of(&s, &files);

	cr_expect_eq(sample_count(page, "<path class=\"l al a0\" d=\"M62"), 1);
	cr_expect_eq(sample_count(page, "<path class=\"l al a1\" d=\"M62"), 1);
	cr_expect_eq(sample_count(page, "<path class=\"l al a2\" d=\"M62"), 1);
	cr_expect_eq(sample_count(page, "</svg> ICAO 3 SD</span>"), 1);
	renderings_fini(&files);
	edition_fini(&s.edition);
	json_object_set_new(json_object_get(metric_at(&s, 0), "chart"), "alerts", json_null());
	sample_render(&s, "html", &files);
	cr_expect_eq(sample_count(sample_file(&files, ".html"), "ICAO 3 SD"), 0);
	renderings_fini(&files);
	sample_fini(&s);
}
