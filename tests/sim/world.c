/* A schedule from its seed: chaos, then calm in which all must come to an end, then the checks. */
#include "tests/sim/world.h"

#include "base/count.h"
#include "wire/frame.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define SETTLE_ROUNDS 600u /* of calm, within which everything is answered */
#define CALM_ROUNDS   8u   /* until the faults' last answers are out */
#define STARVED_MAX   40u  /* rounds in which a client that sends gets no answer */

void
fail(struct world *w, const char *fmt, ...)
{
	va_list ap;

	if (w->result->failed)
		return;
	w->result->failed = true;
	va_start(ap, fmt);
	vsnprintf(w->result->why, sizeof w->result->why, fmt, ap);
	va_end(ap);
}

bool
failed(const struct world *w)
{
	return w->result->failed;
}

void
note(struct world *w, const char *what, uint64_t a, uint64_t b)
{
	uint64_t *d = &w->result->digest;

	for (const char *c = what; *c != '\0'; c++)
		*d = (*d ^ (unsigned char)*c) * UINT64_C(0x100000001b3);
	*d = (*d ^ a) * UINT64_C(0x100000001b3);
	*d = (*d ^ b) * UINT64_C(0x100000001b3);
	if (w->options.trace)
		printf("  %-10s %" PRIu64 " %" PRIu64 "\n", what, a, b);
}

/* --- what may happen -------------------------------------------------------------------------- */

/* From a line at random the first that is open, and armed when asked for. */
static struct line *
pick_line(struct world *w, bool armed)
{
	unsigned from = below(w, LINES);

	for (unsigned i = 0; i < LINES; i++) {
		struct line *l = &w->lines[(from + i) % LINES];

		if (armed ? l->daemon_end && l->armed : l->client_end || l->daemon_end)
			return l;
	}
	return &w->lines[from];
}

static struct line *
any_line(struct world *w)
{
	return pick_line(w, false);
}

static void
act_connect(struct world *w)
{
	client_connect(w, below(w, w->n_clients));
}

static void
act_send(struct world *w)
{
	client_send(w, any_line(w), 1 + below(w, BATCH_MAX));
}

static void
act_ask(struct world *w)
{
	client_ask(w, any_line(w));
}

/* One byte, a few, or all. */
static size_t
any_length(struct world *w)
{
	unsigned dice = below(w, 10);

	return dice == 0  ? 1
	       : dice < 4 ? 1 + below(w, 200)
	       : dice < 7 ? 1 + below(w, 6000)
			  : SIZE_MAX;
}

static void
act_deliver(struct world *w)
{
	line_deliver(w, any_line(w), any_length(w));
}

static void
act_feed(struct world *w)
{
	line_feed(w, pick_line(w, true), 1 + below(w, 4));
}

static void
restart(struct world *w, unsigned daemon)
{
	daemon_crash(w, daemon);
	daemon_start(w, daemon);
	w->retry_allowed |= !w->daemons[daemon].registered;
}

/* A daemon that was asked to stop ends when all that was taken is answered. */
static void
act_pump(struct world *w)
{
	unsigned i = below(w, w->n_daemons);

	daemon_pump(w, i);
	if (!failed(w) && w->daemons[i].draining && ingest_is_empty(w->daemons[i].in) &&
	    chance(w, 200))
		restart(w, i);
}

static void
act_deliver_down(struct world *w)
{
	line_deliver_down(w, any_line(w), any_length(w));
}

static void
act_database(struct world *w)
{
	database_step(w, below(w, w->n_daemons));
}

static void
act_request(struct world *w)
{
	daemon_answer_request(w, below(w, w->n_daemons));
}

/* The client's end breaks; of what it had sent some may still arrive. */
static void
act_cut(struct world *w)
{
	struct line *l = any_line(w);

	if (!l->client_end)
		return;
	note(w, "cut", (uint64_t)(l - w->lines), 0);
	w->result->stats.cuts++;
	if (chance(w, 700))
		l->up.n = below(w, (unsigned)l->up.n + 1);
	client_lost(w, l);
	if (chance(w, 300))
		line_eof(w, l);
}

/* The daemon sees the end of the stream, which the client does not know yet. */
static void
act_break(struct world *w)
{
	struct line *l = any_line(w);

	if (!l->daemon_end || (l->client_end && chance(w, 500)))
		return;
	note(w, "break", (uint64_t)(l - w->lines), 0);
	line_eof(w, l);
}

static void
act_half_close(struct world *w)
{
	struct line *l = any_line(w);

	l->half_closed = l->client_end;
}

static void
act_rogue(struct world *w)
{
	client_connect_rogue(w);
}

static void
act_crash(struct world *w)
{
	restart(w, below(w, w->n_daemons));
}

static void
act_drain(struct world *w)
{
	unsigned i = below(w, w->n_daemons);

	w->daemons[i].draining = true;
	ingest_drain(w->daemons[i].in);
	note(w, "drain", i, 0);
}

static void
pass(struct world *w, int64_t ms)
{
	w->now.utc.v += ms;
	w->now.mono.v += ms;
}

static void
act_clock(struct world *w)
{
	static const int64_t spans[] = {
	    1, 50, 900, 5 * MS_PER_SECOND, 11 * MS_PER_SECOND, 31 * MS_PER_SECOND, MS_PER_HOUR};

	pass(w, spans[below(w, COUNT(spans))]);
}

/* Somebody sets the wall clock. Never so far back that good records would be of the future. */
static void
act_set_clock(struct world *w)
{
	static const int64_t jumps[] = {-MS_PER_SECOND, -MS_PER_HOUR,     10 * MS_PER_HOUR,
					MS_PER_DAY,     400 * MS_PER_DAY, 9000 * MS_PER_DAY};

	w->now.utc.v += jumps[below(w, COUNT(jumps))];
	if (w->now.utc.v < T0 - 20 * MS_PER_HOUR || chance(w, 300))
		w->now.utc.v = T0 - below(w, 20) * MS_PER_HOUR;
	w->result->stats.set++;
	note(w, "set clock", (uint64_t)w->now.utc.v, 0);
}

static void
act_tick(struct world *w)
{
	daemon_tick(w, below(w, w->n_daemons));
}

static void
act_key(struct world *w)
{
	w->key_lost = !w->key_lost && chance(w, 300);
	w->retry_allowed |= w->key_lost;
}

/* The registry is replaced while its records wait. */
static void
act_registry(struct world *w)
{
	daemon_register(w, below(w, w->n_daemons));
}

static void
act_requeue(struct world *w)
{
	daemon_requeue(w, below(w, w->n_daemons));
}

static void
act_forget(struct world *w)
{
	client_send_all_again(w, below(w, w->n_clients));
}

static const struct act {
	void (*act)(struct world *w);
	unsigned weight;
	bool fault; /* in some schedules it does not happen */
} acts[] = {
    {act_connect, 40, false},   {act_send, 220, false},   {act_deliver, 220, false},
    {act_feed, 220, false},     {act_pump, 140, false},   {act_deliver_down, 200, false},
    {act_database, 260, false}, {act_request, 20, false}, {act_ask, 10, true},
    {act_cut, 10, true},        {act_break, 5, true},     {act_half_close, 3, true},
    {act_rogue, 6, true},       {act_crash, 4, true},     {act_drain, 3, true},
    {act_clock, 8, true},       {act_set_clock, 4, true}, {act_tick, 16, false},
    {act_key, 6, true},         {act_registry, 4, true},  {act_requeue, 16, true},
    {act_forget, 2, true},
};

#define ACTS COUNT(acts)

static void
play_chaos(struct world *w)
{
	unsigned weight[ACTS];
	unsigned sum = 0;
	unsigned steps = 200 + below(w, 1000);

	for (size_t i = 0; i < ACTS; i++) {
		weight[i] = acts[i].fault && chance(w, 400) ? 0 : acts[i].weight;
		sum += weight[i];
	}
	for (unsigned step = 0; step < steps && !failed(w); step++) {
		unsigned dice = below(w, sum);
		size_t i = 0;

		while (dice >= weight[i])
			dice -= weight[i++];
		acts[i].act(w);
	}
}

/* --- calm ------------------------------------------------------------------------------------- */

static void
play_clients(struct world *w)
{
	for (unsigned i = 0; i < w->n_clients; i++)
		if (w->clients[i].pending > 0 || w->clients[i].greedy)
			client_connect(w, i);
	for (unsigned i = 0; i < LINES; i++) {
		struct line *l = &w->lines[i];
		const struct client *c = &w->clients[l->client];
		unsigned batches = c->greedy ? WINDOW_MAX : 1;

		/* Who has nothing to send makes room for who has. */
		if (l->client_end &&
		    (l->half_closed || (c->pending == 0 && !c->greedy && l->n_requests == 0)))
			client_lost(w, l);
		for (; batches > 0 && (c->pending > 0 || c->greedy); batches--)
			client_send(w, l, BATCH_MAX);
	}
}

/* Everybody gets a turn when the engine wakes it: fairness is the engine's to make. */
static void
play_round(struct world *w)
{
	pass(w, 2 * MS_PER_SECOND);
	play_clients(w);
	for (unsigned i = 0; i < LINES; i++)
		line_deliver(w, &w->lines[i], SIZE_MAX);
	lines_feed(w, 16);
	for (unsigned i = 0; i < w->n_daemons && !failed(w); i++) {
		database_step(w, i);
		daemon_answer_request(w, i);
		daemon_tick(w, i);
		daemon_pump(w, i);
	}
	for (unsigned i = 0; i < LINES && !failed(w); i++) {
		line_deliver_down(w, &w->lines[i], UINT64_MAX);
		if (!w->lines[i].client_end && w->lines[i].daemon_end && chance(w, 300))
			line_eof(w, &w->lines[i]);
	}
}

static void
begin_calm(struct world *w)
{
	w->calm = true;
	w->key_lost = false;
	w->now.utc.v = T0 + 3 * MS_PER_DAY;
	for (unsigned i = 0; i < w->n_daemons; i++) {
		if (w->daemons[i].draining)
			restart(w, i);
		daemon_register(w, i);
	}
	for (unsigned i = 0; i < CALM_ROUNDS && !failed(w); i++)
		play_round(w);
	w->retry_allowed = false;
}

static bool
all_settled(const struct world *w)
{
	for (unsigned i = 0; i < w->n_clients; i++)
		if (w->clients[i].pending > 0 && !w->clients[i].greedy)
			return false;
	return true;
}

static void
play_until_settled(struct world *w)
{
	unsigned round = 0;

	for (unsigned i = 0; i < w->n_clients; i++)
		w->clients[i].starved = 0;
	for (; !all_settled(w) && round < SETTLE_ROUNDS && !failed(w); round++) {
		play_round(w);
		for (unsigned i = 0; i < w->n_clients; i++) {
			struct client *c = &w->clients[i];

			if (c->pending > 0 && client_is_connected(w, i) &&
			    ++c->starved > STARVED_MAX)
				fail(w, "client %u got no answer in %u rounds", i, STARVED_MAX);
		}
	}
	if (!all_settled(w))
		fail(w, "not all was answered after %u rounds", round);
	note(w, "settled", round, 0);
}

/* One client sends as much as it may, for ever: the others, who begin again, must come through. */
static void
play_greed(struct world *w)
{
	struct client *c = &w->clients[below(w, w->n_clients)];

	c->greedy = true;
	c->lines_max = 3;
	c->batch_max = BATCH_MAX;
	for (unsigned i = 0; i < w->n_clients; i++)
		if (&w->clients[i] != c)
			client_send_all_again(w, i);
	play_until_settled(w);
	c->greedy = false;
}

/* The client that has a large record pending and nothing else; NULL: nobody has one. */
static struct client *
leave_large_pending(struct world *w)
{
	for (unsigned i = 0; i < w->n_clients; i++) {
		struct client *c = &w->clients[i];

		for (unsigned e = 0; e < c->n_outbox; e++) {
			if (w->records[c->outbox[e].record].n <= LARGE_FRAME_BYTES)
				continue;
			c->outbox[e].settled = false;
			c->pending = 1;
			return c;
		}
	}
	return NULL;
}

/* Half-sent frames fill the pool, a large one has to wait; when they end it must go on, though
 * nothing else happens that might wake it. */
static void
play_full_pool(struct world *w)
{
	const struct client *c = leave_large_pending(w);
	struct line *l = &w->lines[0];

	if (c == NULL)
		return;
	for (unsigned i = 0; i < LINES; i++) {
		client_lost(w, &w->lines[i]);
		line_eof(w, &w->lines[i]);
	}
	client_connect(w, (unsigned)(c - w->clients));
	while (client_connect_hoarder(w))
		;
	for (unsigned i = 0; i < 4 && !l->ready; i++) {
		for (unsigned k = 0; k < LINES; k++)
			line_deliver(w, &w->lines[k], SIZE_MAX);
		lines_feed(w, 4);
		for (unsigned d = 0; d < w->n_daemons; d++)
			daemon_pump(w, d);
		line_deliver_down(w, l, UINT64_MAX);
	}
	client_send(w, l, 1);
	line_deliver(w, l, 100);
	lines_feed(w, 4);
	for (unsigned i = 1; i < LINES; i++) {
		client_lost(w, &w->lines[i]);
		line_eof(w, &w->lines[i]);
	}
	for (unsigned d = 0; d < w->n_daemons; d++)
		daemon_pump(w, d);
	play_until_settled(w);
}

/* --- the end ---------------------------------------------------------------------------------- */

static void
hang_up(struct world *w)
{
	for (unsigned i = 0; i < LINES; i++) {
		client_lost(w, &w->lines[i]);
		line_eof(w, &w->lines[i]);
	}
	for (unsigned round = 0; round < 8 && !failed(w); round++) {
		for (unsigned i = 0; i < w->n_daemons; i++) {
			database_step(w, i);
			daemon_pump(w, i);
		}
	}
	for (unsigned i = 0; i < w->n_daemons; i++)
		for (unsigned n = 0; n < 200; n++)
			daemon_answer_request(w, i);
}

static void
play(struct world *w)
{
	play_chaos(w);
	if (!failed(w))
		begin_calm(w);
	if (!failed(w))
		play_until_settled(w);
	if (!failed(w) && chance(w, 300))
		play_greed(w);
	if (!failed(w) && w->large)
		play_full_pool(w);
	if (failed(w))
		return;
	hang_up(w);
	check_database(w);
	for (unsigned i = 0; i < w->n_daemons && !failed(w); i++)
		check_nothing_left(w, i);
}

static void
configure(struct world *w)
{
	w->now = (struct moment){{T0}, {below(w, 20000)}};
	w->config = ingest_defaults();
	w->config.max_sessions = LINES - below(w, 3);
	w->config.max_frame_bytes = FRAME_MAX;
	w->config.max_batch_records = BATCH_MAX;
	w->config.turn_records = UINT32_MAX; /* its turns are frames */
	w->config.window_batches = 1 + below(w, WINDOW_MAX);
	w->config.group_records = 1 + below(w, 64);
	w->config.group_bytes = chance(w, 200) ? 4096 : 1024 * 1024;
	w->config.large_pool_bytes = FRAME_MAX + FRAME_LENGTH_BYTES + below(w, 65536);
	w->n_daemons = 1 + chance(w, 300);
}

void
sim_run(const struct sim_options *o, struct sim_result *out)
{
	struct world *w = calloc(1, sizeof *w);

	*out = (struct sim_result){.digest = UINT64_C(0xcbf29ce484222325)};
	if (w == NULL) {
		out->failed = true;
		return;
	}
	w->options = *o;
	w->result = out;
	w->rng = o->seed;
	configure(w);
	records_make(w);
	clients_make(w);
	for (unsigned i = 0; i < w->n_daemons; i++) {
		daemon_start(w, i);
		w->retry_allowed |= !w->daemons[i].registered;
	}
	play(w);
	for (unsigned i = 0; i < LINES; i++)
		client_lost(w, &w->lines[i]);
	for (unsigned i = 0; i < w->n_daemons; i++)
		daemon_crash(w, i);
	records_free(w);
	free(w);
}

void
sim_sum(struct sim_stats *sum, const struct sim_stats *one)
{
	for (size_t v = 0; v < COUNT(sum->verdicts); v++)
		sum->verdicts[v] += one->verdicts[v];
	sum->crashes += one->crashes;
	sum->cuts += one->cuts;
	sum->unknown += one->unknown;
	sum->failed += one->failed;
	sum->refused += one->refused;
	sum->responses += one->responses;
	sum->requeued += one->requeued;
	sum->late += one->late;
	sum->set += one->set;
}
