#include "jobs/highwater.h"

#include "base/beside.h"
#include "base/digest.h"
#include "base/file/embed.h"
#include "base/file/plainfile.h"
#include "base/json/jsonin.h"
#include "base/log.h"
#include "base/uuid.h"

#include <event2/event.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_NAME   "high-water.json"
#define ASIDE_NAME  "high-water.json.new"
#define SERVER_SIZE 64
/* A semsd that was killed had answered more than its file says, and a machine that lost its power
 * may have lost a few writes of the file. */
#define UNCLEAN_MS MS_PER_MINUTE

/* The file's next text, on its way to the disk. */
struct write {
	struct task task;
	struct highwater *highwater;
	int folder; /* its own */
	int fault;  /* an errno; 0: it is there */
	size_t n;
	char text[];
};

struct highwater {
	struct store *store;
	struct highwater_config config;
	struct event *timer;
	int folder;          /* -1: no file */
	struct write *write; /* that runs; NULL: none */
	bool must_write;     /* another one after it */
	bool is_told;        /* that it takes long */
	bool is_finished;    /* nothing is written any more */
	/* What the file says. */
	char daemon[UUID_TEXT_SIZE];
	int64_t mark; /* 0: none */
	char server[SERVER_SIZE];
	struct utc_ms since;
	struct utc_ms until;
	struct utc_ms back_to; /* the wall clock was set back to then; 0: never */
	int64_t back_mark;     /* the last mark that knows nothing of it */
	bool is_dirty;         /* something was answered since the last mark */
	bool is_rested;        /* nothing was answered for a while: the next time counts at once */
	unsigned in_flight;    /* groups that are being written */
	struct utc_ms answered;
	/* The look that runs. */
	bool is_running;
	bool is_wanted; /* another one after it */
	bool is_asked;
	bool has_failed;
	bool got_rows;
	struct utc_ms reached;
	int64_t new_mark;
	char new_server[SERVER_SIZE];
	char lacks_from[UTC_TEXT_SIZE]; /* "": nothing */
	char lacks_to[UTC_TEXT_SIZE];
	struct job job;
	char texts[6][UTC_TEXT_SIZE];
};

/* --- the file --------------------------------------------------------------------------------- */

static struct utc_ms
member_time(const json_t *o, const char *key)
{
	const char *s = member_maybe(o, key);
	struct utc_ms t = {0};

	if (s == NULL || !utc_parse(text_of(s), &t))
		t.v = 0;
	return t;
}

static bool
take_file(struct highwater *h, const json_t *o)
{
	const char *daemon = member_maybe(o, "daemon");
	const char *server = member_maybe(o, "server");
	struct utc_ms now = h->config.now(h->config.ctx);
	struct uuid u;

	if (daemon == NULL || server == NULL || !uuid_parse(text_of(daemon), &u) ||
	    strlen(server) >= sizeof h->server)
		return false;
	uuid_format(&u, h->daemon);
	snprintf(h->server, sizeof h->server, "%s", server);
	h->mark = json_integer_value(json_object_get(o, "mark"));
	h->since = h->answered = member_time(o, "since");
	h->until = member_time(o, "until");
	h->back_to = member_time(o, "back_to");
	h->back_mark = json_integer_value(json_object_get(o, "back_mark"));
	if (json_is_true(json_object_get(o, "is_complete")))
		return h->mark > 0;
	h->is_dirty = true;
	if (h->until.v + UNCLEAN_MS < now.v)
		h->until.v += UNCLEAN_MS;
	else if (h->until.v < now.v)
		h->until = now;
	return h->mark > 0;
}

/* False: there is none that can be used. */
static bool
read_file(struct highwater *h)
{
	json_error_t why;
	struct stat st;
	struct err e;
	json_t *o;
	bool good;
	int fd;

	if (plainfile_open(h->folder, FILE_NAME, O_NOFOLLOW, &fd, &st, &e) != OK)
		return false;
	o = json_loadfd(fd, JSON_REJECT_DUPLICATES, &why);
	close(fd);
	good = o != NULL && take_file(h, o);
	json_decref(o);
	if (!good)
		log_warn("highwater.unreadable", KV("file", FILE_NAME),
			 KV("text", "it is begun anew; a restore before now would not be noticed"));
	return good;
}

static char *
file_text(const struct highwater *h, bool is_complete)
{
	char since[UTC_TEXT_SIZE];
	char until[UTC_TEXT_SIZE];
	char back_to[UTC_TEXT_SIZE];
	json_t *o;
	char *text;

	utc_format(h->since, since);
	utc_format(h->until, until);
	utc_format(h->back_to, back_to);
	o = json_pack("{s:s, s:s, s:I, s:s, s:s, s:s, s:s?, s:I, s:b}", "what",
		      "how far semsd's database had come: never restore this file with it",
		      "daemon", h->daemon, "mark", (json_int_t)h->mark, "server", h->server,
		      "since", since, "until", until, "back_to", h->back_to.v == 0 ? NULL : back_to,
		      "back_mark", (json_int_t)h->back_mark, "is_complete", is_complete ? 1 : 0);
	text = o == NULL ? NULL : json_dumps(o, JSON_INDENT(1));
	json_decref(o);
	return text;
}

static bool
put_file(const struct write *w)
{
	int fd = openat(w->folder, ASIDE_NAME,
			O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	bool good;

	if (fd < 0)
		return false;
	good = write(fd, w->text, w->n) == (ssize_t)w->n && fsync(fd) == 0;
	good = close(fd) == 0 && good;
	good = good && renameat(w->folder, ASIDE_NAME, w->folder, FILE_NAME) == 0;
	return good && fsync(w->folder) == 0;
}

static void
run_write(struct task *t)
{
	struct write *w = (struct write *)t;

	w->fault = put_file(w) ? 0 : errno;
	close(w->folder);
}

static void
tell_unwritable(int fault)
{
	log_warn("highwater.unwritable", KV("file", FILE_NAME), KV("why", strerror(fault)),
		 KV("text", "a restore of the database may not be noticed"));
}

static void write_file(struct highwater *h, bool is_last);

static void
write_done(struct task *t)
{
	struct write *w = (struct write *)t;
	struct highwater *h = w->highwater;

	h->write = NULL;
	h->is_told = false;
	if (w->fault != 0)
		tell_unwritable(w->fault);
	free(t);
	if (h->must_write)
		write_file(h, false);
}

/* False, with errno: it does not run. */
static bool
begin_write(struct highwater *h, const char *text)
{
	size_t n = strlen(text);
	struct write *w = task_new(sizeof *w + n);

	if (w == NULL)
		return false;
	w->task.run = run_write;
	w->task.done = write_done;
	w->highwater = h;
	w->n = n;
	memcpy(w->text, text, n);
	w->folder = fcntl(h->folder, F_DUPFD_CLOEXEC, 0);
	if (w->folder < 0) {
		free(w);
		return false;
	}
	if (!beside_run(store_beside(h->store), &w->task)) {
		close(w->folder);
		free(w);
		errno = EAGAIN;
		return false;
	}
	h->write = w;
	return true;
}

/* A disk may take as long as it likes: beside the loop, one after the other. */
static void
write_file(struct highwater *h, bool is_last)
{
	char *text;

	if (h->folder < 0 || h->mark == 0)
		return;
	h->must_write = h->write != NULL;
	if (h->must_write)
		return;
	text = file_text(h, is_last && !h->is_dirty && h->in_flight == 0);
	if (text == NULL || !begin_write(h, text))
		tell_unwritable(text == NULL ? ENOMEM : errno);
	free(text);
}

static void
tell_slow(struct highwater *h)
{
	if (h->write == NULL || h->is_told)
		return;
	h->is_told = true;
	log_warn("highwater.waits", KV("file", FILE_NAME),
		 KV("text", "its disk does not answer; a restore of the database may not be "
			    "noticed meanwhile"));
}

static void
open_folder(struct highwater *h)
{
	h->folder = open(h->config.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (h->folder < 0)
		log_warn(
		    "highwater.off", KV("folder", h->config.folder), KV("why", strerror(errno)),
		    KV("todo", "give this semsd a folder of its own with --state, or a restore "
			       "of the database while it is stopped is not noticed"));
}

static void
name_daemon(struct highwater *h)
{
	unsigned char rest[10] = {0};
	struct uuid u;

	random_bytes(rest, sizeof rest);
	u = uuid_at(h->config.now(h->config.ctx), rest, true);
	uuid_format(&u, h->daemon);
	h->mark = 0;
	h->server[0] = '\0';
	h->since = h->until = h->answered = h->config.now(h->config.ctx);
	h->back_to.v = h->back_mark = 0;
	h->is_dirty = false;
}

/* --- the comparison --------------------------------------------------------------------------- */

static bool
look_next(struct job *j, struct statement *st, struct err *e)
{
	struct highwater *h = j->ctx;

	(void)e;
	if (h->is_asked)
		return false;
	h->is_asked = true;
	/* What is under way may or may not be in what a backup begins to copy now. */
	h->reached = h->in_flight > 0 ? h->answered : h->config.now(h->config.ctx);
	snprintf(h->texts[0], sizeof h->texts[0], "%lld", (long long)h->mark);
	utc_format(h->since, h->texts[1]);
	utc_format(h->until, h->texts[2]);
	utc_format(h->reached, h->texts[3]);
	snprintf(h->texts[4], sizeof h->texts[4], "%lld", (long long)h->back_mark);
	utc_format(h->back_to, h->texts[5]);
	h->is_dirty = false;
	st->sql = embed_text("sql/queries/upkeep/mark_note.sql");
	st->n_params = 8;
	st->params[0] = h->daemon;
	st->params[1] = h->texts[0];
	st->params[2] = h->texts[1];
	st->params[3] = h->texts[2];
	st->params[4] = h->server;
	st->params[5] = h->texts[3];
	st->params[6] = h->back_to.v == 0 ? NULL : h->texts[4];
	st->params[7] = h->back_to.v == 0 ? NULL : h->texts[5];
	return true;
}

static void
look_rows(struct job *j, const struct rows *r)
{
	struct highwater *h = j->ctx;

	h->got_rows = true;
	h->new_mark = rows_int(r, 0, 0);
	snprintf(h->new_server, sizeof h->new_server, "%s", rows_text(r, 0, 1));
	if (rows_text(r, 0, 2) == NULL)
		return;
	snprintf(h->lacks_from, sizeof h->lacks_from, "%s", rows_text(r, 0, 3));
	snprintf(h->lacks_to, sizeof h->lacks_to, "%s", rows_text(r, 0, 4));
}

/* The comparison is committed. */
static void
take_mark(struct highwater *h)
{
	if (h->mark == 0)
		log_info("highwater.begun", KV("folder", h->config.folder));
	if (h->lacks_from[0] != '\0')
		log_warn("store.behind", KV("lacks_from", h->lacks_from),
			 KV("lacks_to", h->lacks_to),
			 KV("todo", "records received in this period may be missing from the "
				    "database: have every sender send again what it kept, then "
				    "semsctl gaps resolve"));
	h->mark = h->new_mark;
	snprintf(h->server, sizeof h->server, "%s", h->new_server);
	if (h->until.v < h->reached.v)
		h->until = h->reached;
}

static void
look_done(struct job *j, const struct err *e)
{
	struct highwater *h = j->ctx;

	h->is_running = false;
	h->has_failed = e->code != OK || !h->got_rows;
	if (h->has_failed) {
		/* Away, most likely; it is compared when it is back. */
		h->is_dirty = true;
		log_debug("highwater.later", KV("why", e->text));
	} else {
		take_mark(h);
	}
	write_file(h, false);
	if (h->is_wanted && !h->has_failed)
		highwater_look(h);
}

void
highwater_look(struct highwater *h)
{
	h->is_wanted = h->is_running;
	if (h->is_running)
		return;
	h->is_running = true;
	h->is_asked = h->got_rows = false;
	h->lacks_from[0] = '\0';
	h->job = (struct job){.role = DB_ADMIN,
			      .writes = true,
			      .next = look_next,
			      .rows = look_rows,
			      .done = look_done,
			      .ctx = h};
	store_run(h->store, &h->job);
}

void
highwater_sent(struct highwater *h)
{
	h->in_flight++;
}

/* A database that is put back to a mark of before lacks what comes now, although by its time it is
 * older. */
static void
note_step_back(struct highwater *h, struct utc_ms to)
{
	if (h->back_to.v == 0 || to.v < h->back_to.v)
		h->back_to = to;
	h->back_mark = h->mark;
}

void
highwater_answered(struct highwater *h, struct utc_ms received_at)
{
	h->in_flight--;
	h->is_dirty = true;
	/* A group is received shortly before whatever was answered last. */
	if (received_at.v < h->until.v - UNCLEAN_MS)
		note_step_back(h, received_at);
	h->answered = received_at;
	if (h->until.v < received_at.v)
		h->until = received_at;
	if (h->is_rested)
		highwater_look(h);
	h->is_rested = false;
}

bool
highwater_settle(struct highwater *h)
{
	if (h->is_running)
		return false;
	if (!h->is_dirty || h->has_failed)
		return true;
	highwater_look(h);
	return false;
}

bool
highwater_is_idle(const struct highwater *h)
{
	return !h->is_running && h->write == NULL;
}

bool
highwater_finish(struct highwater *h)
{
	if (!highwater_settle(h) || h->write != NULL)
		return false;
	if (!h->is_finished) {
		h->is_finished = true;
		write_file(h, true);
	}
	return h->write == NULL;
}

/* The file does not wait for the database: a long job may be before the look. */
static void
on_timer(evutil_socket_t fd, short what, void *arg)
{
	struct highwater *h = arg;

	(void)fd;
	(void)what;
	tell_slow(h);
	h->is_rested = !h->is_dirty;
	if (h->is_rested || h->is_finished)
		return;
	write_file(h, false);
	if (!h->is_running)
		highwater_look(h);
}

/* --- life ------------------------------------------------------------------------------------- */

struct highwater_config
highwater_defaults(void)
{
	return (struct highwater_config){.look_ms = 3000};
}

struct highwater *
highwater_new(struct event_base *base, struct store *store, const struct highwater_config *config)
{
	struct highwater *h = calloc(1, sizeof *h);
	struct timeval every = {config->look_ms / 1000,
				(suseconds_t)(config->look_ms % 1000) * 1000};

	if (h == NULL)
		return NULL;
	h->store = store;
	h->config = *config;
	h->folder = -1;
	h->is_rested = true;
	h->timer = event_new(base, -1, EV_PERSIST, on_timer, h);
	if (h->timer == NULL || event_add(h->timer, &every) != 0) {
		highwater_free(h);
		return NULL;
	}
	open_folder(h);
	if (h->folder < 0 || !read_file(h))
		name_daemon(h);
	highwater_look(h);
	return h;
}

void
highwater_free(struct highwater *h)
{
	if (h == NULL)
		return;
	if (h->folder >= 0)
		close(h->folder);
	if (h->timer != NULL)
		event_free(h->timer);
	free(h);
}
