#include "tests/render/document_fixture.h"

#include <criterion/criterion.h>

static const char text[] =
    "{\"format\":\"sems-spd/2\",\"entity\":\"Zürich-Süd, \\\"Test\\\"\",\"zone\":\"Europe/London\","
    "\"clocks\":[{\"from\":\"2026-03-29T01:00:00.000Z\",\"until\":\"2026-10-25T01:00:00.000Z\","
    "\"seconds\":3600}],"
    "\"quarter\":{\"label\":\"2026-Q2\",\"first_day\":\"2026-04-01\",\"last_day\":\"2026-06-30\","
    "\"start\":\"2026-03-31T23:00:00.000Z\",\"end\":\"2026-06-30T23:00:00.000Z\"},"
    "\"state\":\"DRAFT\",\"revision\":2,\"as_of\":\"2026-07-10T09:00:00.000Z\","
    "\"marking\":\"OFFICIAL-SENSITIVE\",\"catalogue\":{\"version\":\"1\",\"sha256\":\"ab12\"},"
    "\"metrics\":["
    "{\"id\":\"OUT03\",\"name\":\"TIP hit rate\",\"form\":\"OUTPUT\",\"basis\":\"SAMPLE\","
    "\"shape\":\"RATIO\",\"unit\":\"%\",\"direction\":\"UP\",\"definition\":\"=HIT, of all\","
    "\"apart\":null,\"minimum_n\":30,\"target\":{\"value\":0.8,\"low\":null,\"high\":null,"
    "\"replaces_low\":null,\"replaces_high\":null,\"approved_by\":null,\"of\":null,"
    "\"from_quarter\":null,"
    "\"set_at\":\"2026-07-01T08:00:00.000Z\",\"set_by\":\"unix:anna\",\"set_late\":true,"
    "\"replaces\":0.75},"
    "\"figures\":["
    "{\"by\":{},\"numerator\":270,\"denominator\":300,\"excluded\":[{\"reason\":\"ABORTED\","
    "\"count\":12},{\"reason\":\"OTHER\",\"count\":1}],\"value\":0.9,"
    "\"interval\":{\"lo\":0.8609,\"hi\":0.9292},\"status\":\"MET\",\"no_data\":null,"
    "\"details\":{\"parts\":{\"timeouts\":7}}},"
    "{\"by\":{\"site\":\"NMR\"},\"numerator\":5,\"denominator\":10,\"excluded\":[],\"value\":null,"
    "\"interval\":null,\"status\":\"INSUFFICIENT\",\"no_data\":null,\"details\":{}},"
    "{\"by\":{\"measure\":\"4.1\",\"site\":\"NMR\"},\"numerator\":1,\"denominator\":2,"
    "\"excluded\":[],\"value\":null,\"interval\":null,\"status\":\"INSUFFICIENT\","
    "\"no_data\":null,\"details\":{}},"
    "{\"by\":{\"stream\":\"CABIN\"},\"numerator\":1,\"denominator\":2,\"excluded\":[],"
    "\"value\":null,\"interval\":null,\"status\":\"INSUFFICIENT\",\"no_data\":null,"
    "\"details\":{}}]},"
    "{\"id\":\"QN01\",\"name\":\"Observation plan delivery\",\"form\":\"QUANTITATIVE\","
    "\"basis\":\"CENSUS\",\"shape\":\"RATIO\",\"unit\":\"%\",\"direction\":\"UP\","
    "\"definition\":\"done / planned\",\"apart\":null,\"minimum_n\":0,\"target\":null,\"figures\":["
    "{\"by\":{},\"numerator\":null,\"denominator\":null,\"excluded\":[],\"value\":null,"
    "\"interval\":null,\"status\":\"NO_DATA\",\"no_data\":\"NO_PLAN\",\"details\":{}}]},"
    "{\"id\":\"OUT05\",\"name\":\"Sensitivity\",\"form\":\"OUTPUT\",\"basis\":\"SAMPLE\","
    "\"shape\":\"SDT\",\"unit\":\"z\",\"direction\":\"UP\",\"definition\":\"d'\","
    "\"apart\":null,\"minimum_n\":0,\"target\":null,\"figures\":[{\"by\":{},\"numerator\":1,"
    "\"denominator\":40,"
    "\"excluded\":[],\"value\":-0.52,\"interval\":null,\"status\":\"NO_TARGET\",\"no_data\":null,"
    "\"details\":{\"c\":0.125}}]}],"
    "\"unsupported\":[{\"id\":\"CA01\",\"name\":\"Actions on time\",\"needs\":\"action\"}],"
    "\"records\":[{\"kind\":\"tip_event\",\"received\":313,\"effective\":312,\"corrected\":1,"
    "\"voided\":0,\"late\":4}]}";

/* What a document has besides, and none of the tests asks for. */
static const char rest[] =
    "{\"template\":null,\"policy\":{\"approval\":\"THREE_PEOPLE\",\"corrections\":\"TWO_PEOPLE\","
    "\"marking\":\"x\"},"
    "\"completeness\":{\"clock\":[],\"feeds\":[],\"late\":null,\"plans\":[],\"quarantine\":[],"
    "\"durability\":[{\"level\":\"local\",\"days\":3,\"first_day\":\"2026-04-02\",\"last_day\":"
    "\"2026-04-09\"}],\"restores\":[],\"sessions\":null,\"silent\":[]},\"values_shown\":null,"
    "\"forms\":[{"
    "\"measure\":\"4.1\",\"quantitative\":true,\"qualitative\":false,\"output\":true}],\"small_"
    "cells\":{"
    "\"below\":5,\"suppressed\":3,\"shown\":false},\"not_applicable\":[],"
    "\"balances\":[],\"names\":{\"measure\":{\"4.1\":\"Screening\"},\"provider\":{},"
    "\"site\":{\"NMR\":\"=Northmoor\"}},"
    "\"corrections\":{\"total\":0,\"indirect\":0,\"dated_ahead\":0,\"rows\":[]},\"restatements\":[]"
    ","
    "\"embargo\":{\"excluded\":[]},\"proof\":null}";
static const char rest_of_metric[] =
    "{\"version\":\"1\",\"effective_from\":null,\"sheet\":\"\",\"readers\":[],"
    "\"requirements\":[],\"clusters\":null,\"chart\":null,\"funnel\":null,\"case_mix\":null}";
static const char rest_of_figure[] =
    "{\"q\":null,\"clusters\":null,\"interval_by\":null,\"exact\":null,\"previous\":null,"
    "\"change\":null,\"not_comparable\":null,\"year_ago\":null,\"year_change\":null,"
    "\"year_not_comparable\":null,\"history\":[],\"coverage\":null}";

static json_t *
loaded(const char *json)
{
	json_error_t why;
	json_t *j = json_loads(json, 0, &why);

	cr_assert_not_null(j, "line %d column %d: %s", why.line, why.column, why.text);
	return j;
}

static void
fill(json_t *o, const char *with)
{
	json_t *more = loaded(with);

	cr_assert_eq(json_object_update_missing(o, more), 0);
	json_decref(more);
}

json_t *
spd_fixture(void)
{
	json_t *doc = loaded(text);
	json_t *metric;
	json_t *figure;
	size_t i;
	size_t k;

	fill(doc, rest);
	json_array_foreach(json_object_get(doc, "metrics"), i, metric)
	{
		fill(metric, rest_of_metric);
		json_array_foreach(json_object_get(metric, "figures"), k, figure)
		    fill(figure, rest_of_figure);
	}
	return doc;
}
