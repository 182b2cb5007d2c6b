/* Room web/view: A page for who is signed in: found, asked for, printed, and what is posted to it.
 */
/*
 * A view: a page for whoever is signed in. It has a path, a right, the questions that semsd is
 * asked in his name, one after the other, and a function that prints the answers. What he may not
 * ask is left out, or, where the page is nothing without it, said by the page. A view with `act`
 * has a form, which is posted to its own path.
 */
#ifndef SEMS_WEB_VIEW_VIEW_H
#define SEMS_WEB_VIEW_VIEW_H

#include "base/arena.h"
#include "core/right/right.h"
#include "web/desk/work.h"
#include "web/page/form.h"
#include "web/page/markup.h"

#define VIEW_ASKS       12
#define VIEW_PARTS      3 /* stars in a path */
#define VIEW_TEXT       1024
#define VIEW_LISTS      4
#define VIEW_DIMENSIONS 6

struct showing;

/* A question, and room for what it is made of; texts are the showing's. */
struct question {
	Sems__V1__Request q;
	union {
		Sems__V1__StatusRequest status;
		Sems__V1__SpdRequest spd;
		Sems__V1__CaseRequest cases;
		Sems__V1__PendingRequest pending;
		Sems__V1__QuarantineRequest quarantine;
		Sems__V1__RecordsRequest records;
		Sems__V1__RecordRequest record;
		Sems__V1__TraceRequest trace;
		Sems__V1__ExplainRequest explain;
		Sems__V1__DoublesRequest doubles;
		Sems__V1__ImportRequest import;
		Sems__V1__HistoryRequest history;
		Sems__V1__DeviceRequest device;
		Sems__V1__RetentionRequest retention;
		Sems__V1__HoldRequest hold;
		Sems__V1__LogRequest log;
		Sems__V1__RightsRequest rights;
		Sems__V1__PasskeyRequest passkeys;
	} of;
	char *texts[VIEW_LISTS];
	Sems__V1__CaseEvent event;
	Sems__V1__CaseEvent *events[1];
	Sems__V1__CaseWord words[64];
	Sems__V1__CaseWord *word[64];
	Sems__V1__Dimension where[VIEW_DIMENSIONS];
	Sems__V1__Dimension *wheres[VIEW_DIMENSIONS];
	unsigned char id[16];
};

/* False: it is not asked, for want of something to ask about. */
typedef bool ask_fn(struct showing *s, struct question *q, unsigned i);

enum ask_kind {
	ASK_PART,   /* without its answer a part is left out */
	ASK_NEEDED, /* without it there is no page */
	ASK_RAW     /* a part, kept as its bytes and not read */
};

struct view_ask {
	ask_fn *make; /* NULL: no more */
	unsigned i;   /* given to it */
	enum ask_kind kind;
};

enum section {
	SECTION_HOME,
	SECTION_QUARTERS,
	SECTION_EVIDENCE,
	SECTION_CASES,
	SECTION_ADMIN,
	SECTIONS
};

struct view {
	const char *path;  /* each * is one segment: of "/quarter/2026-Q3" the second */
	const char *title; /* a * is what the path's stands for */
	const char *nav;   /* what leads to it is called; NULL: nothing does from everywhere */
	enum section section;
	enum right right; /* RIGHT_COUNT: it is for everybody */
	struct view_ask asks[VIEW_ASKS];
	void (*print)(struct showing *s, struct buf *b);
	/* What was posted is done: view_done(), view_again(), or questions of its own that come to
	 * one of these. NULL: nothing is done here. */
	void (*act)(struct showing *s);
};

struct views {
	const struct view *list;
	size_t n;
};

/* What a question was answered. */
struct said {
	json_t *json;     /* NULL: nothing, or ASK_RAW */
	struct buf bytes; /* ASK_RAW */
	bool failed;
	int status; /* of HTTP, when it failed */
	char text[VIEW_TEXT];
};

struct showing {
	struct work *work;
	const struct views *all;
	const struct view *view;
	struct arena *arena; /* of what was given, and what is printed */
	char *path;
	char *part[VIEW_PARTS];
	struct form query;
	struct form given; /* of a POST */
	unsigned at;       /* which question is asked */
	struct said said[VIEW_ASKS];
	char principal[PRINCIPAL_SIZE]; /* as semsd knows him; "": not known */
	enum role role;
	char role_name[32];
	char entity[256];
	const char *marking; /* of what is shown; set by its printer. NULL: none */
	int status;
	const char *error; /* what was wrong with what was posted; NULL: nothing */
	const char *error_field;
};

/* Answers the request with the view at its path. */
void view_take(const struct views *all, struct desk *d, struct asked *a);
/* Whether who looks has a right, as far as his role tells. */
bool view_may(const struct showing *s, enum right r);

/* How an act ends. To another page, on the arena or ours. */
void view_done(struct showing *s, const char *location);
/* The page again, with what is wrong: of which field of the form, "": of none. */
void view_again(struct showing *s, int status, const char *field, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same of semsd's refusal. */
void view_refused(struct showing *s, const struct reply *r);
/* Asks in the name of who looks. */
void view_ask(struct showing *s, struct question *q, reply_fn *fn);

#endif
