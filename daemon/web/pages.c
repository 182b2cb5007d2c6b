#include "web/pages.h"

#include "base/count.h"
#include "web/read/admin.h"
#include "web/read/ask.h"
#include "web/read/cases.h"
#include "web/read/evidence.h"
#include "web/read/home.h"
#include "web/read/quarter.h"
#include "web/read/record.h"
#include "web/step/case_step.h"
#include "web/step/record_step.h"
#include "web/step/spd_step.h"
#include "web/step/void_step.h"

/* The steps are over the figures that they are about. */
static void
print_quarter(struct showing *s, struct buf *b)
{
	spd_step_links(s, b);
	quarter_print(s, b);
}

static void
print_cases(struct showing *s, struct buf *b)
{
	case_step_new(s, b);
	cases_print(s, b);
}

static void
print_case(struct showing *s, struct buf *b)
{
	case_step_links(s, b);
	case_print(s, b);
}

/* A page to read, which is nothing without the one answer that it asks for. */
#define READ(path, title, nav, section, right, ask, i, print)                                      \
	{                                                                                          \
		path, title, nav, SECTION_##section, RIGHT_##right, {{ask, i, ASK_NEEDED}}, print, \
		    NULL                                                                           \
	}
/* The same with a form. */
#define DOES(path, title, section, right, ask, i, what)                                      \
	{                                                                                    \
		path, title, NULL, SECTION_##section, RIGHT_##right, {{ask, i, ASK_NEEDED}}, \
		    what##_print, what##_act                                                 \
	}
/* Cases of a kind, and the form that makes one. */
#define CASES_OF(kind, title, new)                                                       \
	READ("/cases/" kind, title, title, CASES, SEE_CASES, cases_ask, 0, print_cases), \
	    DOES("/cases/" kind "/new", new, CASES, SEE_CASES, ask_who, 0, case_step)
#define OF_QUARTER                                               \
	{                                                        \
		{quarter_ask, QUARTER_STATUS, ASK_NEEDED},       \
		    {quarter_ask, QUARTER_DOCUMENT, ASK_RAW},    \
		    {quarter_ask, QUARTER_DECLARATION, ASK_RAW}, \
		    {quarter_ask, QUARTER_LIST, ASK_PART},       \
	}
#define QUARTER(path, title, print)                                                         \
	{                                                                                   \
		path, title, NULL, SECTION_QUARTERS, RIGHT_SEE_SPD, OF_QUARTER, print, NULL \
	}
#define STEP(path, title, right)                                                              \
	{                                                                                     \
		"/quarter/*/" path, title, NULL, SECTION_QUARTERS, RIGHT_##right, OF_QUARTER, \
		    spd_step_print, spd_step_act                                              \
	}

static const struct view list[] = {
    {"/",
     "Home",
     "Home",
     SECTION_HOME,
     RIGHT_COUNT,
     {{ask_status, 0, ASK_PART},
      {ask_due, 0, ASK_PART},
      {ask_due, 1, ASK_PART},
      {ask_due, 2, ASK_PART},
      {ask_due, 3, ASK_PART},
      {ask_newest_document, 0, ASK_PART},
      {ask_my_actions, 0, ASK_PART},
      {ask_claimed, 0, ASK_PART},
      {ask_claimed, 1, ASK_PART},
      {ask_pending, 0, ASK_PART},
      {ask_quarantine, 0, ASK_PART}},
     home_print,
     NULL},

    READ("/quarters", "Quarters", "Quarters", QUARTERS, SEE_STATUS, ask_status, 0, quarters_print),
    QUARTER("/quarter/*", "Quarter *", print_quarter),
    QUARTER("/quarter/*/sheet/*", "Figures of *", sheet_print),
    QUARTER("/quarter/*/metric/*", "*: *", metric_print),
    READ("/quarter/*/metric/*/records", "Records behind *: *", NULL, QUARTERS, EXPLAIN_FIGURE,
	 explain_ask, 0, explain_print),
    READ("/quarter/*/diff", "*, frozen and now", NULL, QUARTERS, SEE_SPD, diff_ask, 0, diff_print),
    READ("/quarter/*/check", "Check of *", NULL, QUARTERS, SEE_SPD, check_ask, 0, check_print),
    STEP("freeze", "Freeze *", PREPARE_SPD),
    STEP("comment", "Comment on a figure of *", COMMENT_SPD),
    STEP("review", "Review of *", REVIEW_SPD),
    STEP("approve", "Approval of *", APPROVE_SPD),
    STEP("submit", "Submission of *", PREPARE_SPD),
    STEP("acknowledge", "Receipt of *", PREPARE_SPD),
    STEP("reject", "Reject *", REJECT_SPD),
    STEP("withdraw", "Withdraw *", PREPARE_SPD),
    STEP("revise", "Revise *", PREPARE_SPD),

    READ("/records", "Records", "Records", EVIDENCE, SEE_RECORDS, records_ask, 0, records_print),
    {"/record/*",
     "Record *",
     NULL,
     SECTION_EVIDENCE,
     RIGHT_SEE_RECORDS,
     {{record_ask, 0, ASK_PART}, {trace_ask, 0, ASK_PART}},
     record_print,
     NULL},
    DOES("/record/*/void", "Void the record *", EVIDENCE, SEE_RECORDS, record_ask, 0, void),
    {"/quarantine",
     "Quarantine",
     "Quarantine",
     SECTION_EVIDENCE,
     RIGHT_SEE_QUARANTINE,
     {{quarantine_ask, 0, ASK_NEEDED}},
     requeue_print,
     requeue_act},
    DOES("/quarantine/*", "Refused record *", EVIDENCE, SEE_QUARANTINE, quarantine_ask, 1,
	 refused_step),
    READ("/pending", "Corrections and voids that wait", "Waiting corrections", EVIDENCE,
	 SEE_PENDING, pending_ask, 0, pending_print),
    DOES("/pending/*", "Correction or void *", EVIDENCE, SEE_PENDING, pending_ask, 0, decide),
    READ("/feeds", "Feeds", "Feeds", EVIDENCE, SEE_STATUS, ask_status, 0, feeds_print),
    READ("/doubles", "Doubles", "Doubles", EVIDENCE, SEE_DOUBLES, doubles_ask, 0, doubles_print),
    READ("/imports", "Imports", "Imports", EVIDENCE, SEE_IMPORTS, imports_ask, 0, imports_print),
    READ("/imports/*", "Import *", NULL, EVIDENCE, SEE_IMPORTS, imports_ask, 1, import_print),
    DOES("/imports/*/undo", "Take back the import *", EVIDENCE, SEE_IMPORTS, imports_ask, 1, undo),

    CASES_OF("finding", "Findings", "A new finding"),
    CASES_OF("action", "Actions", "A new action"),
    CASES_OF("scenario", "Threat scenarios", "A new threat scenario"),
    CASES_OF("assessment", "Assessments", "A new assessment"),
    CASES_OF("control", "Controls", "A new control"),
    CASES_OF("asset", "Key assets", "A new key asset"),
    CASES_OF("acceptance", "Acceptances", "A new acceptance"),
    CASES_OF("supplier", "Suppliers", "A new supplier"),
    CASES_OF("change", "Changes", "A new change"),
    CASES_OF("threat_information", "Threat information", "New threat information"),
    CASES_OF("decision", "Decisions", "A new decision"),
    CASES_OF("gap", "Gaps", "A new gap"),
    READ("/case/*", "*", NULL, CASES, SEE_CASES, case_ask, 0, print_case),
    DOES("/case/*/tell/*", "*: *", CASES, SEE_CASES, case_ask, 0, case_step),

    {"/people",
     "People",
     "People",
     SECTION_ADMIN,
     RIGHT_SEE_HISTORY,
     {{setup_ask, 0, ASK_NEEDED}, {passkeys_ask, 0, ASK_PART}},
     people_print,
     NULL},
    READ("/grants", "Sources and grants", "Sources and grants", ADMIN, SEE_HISTORY, setup_ask, 0,
	 grants_print),
    READ("/targets", "Targets", "Targets", ADMIN, SEE_HISTORY, setup_ask, 0, targets_print),
    READ("/devices", "Devices", "Devices", ADMIN, SEE_DEVICES, devices_ask, 0, devices_print),
    READ("/retention", "Retention", "Retention", ADMIN, RUN_RETENTION, retention_ask, 0,
	 retention_print),
    READ("/holds", "Legal holds", "Legal holds", ADMIN, HOLD, holds_ask, 0, holds_print),
    READ("/log", "Access log", "Access log", ADMIN, SEE_LOG, log_ask, 0, log_print),
};

void
pages_take(void *ctx, struct asked *a)
{
	static const struct views all = {list, COUNT(list)};

	view_take(&all, ctx, a);
}
