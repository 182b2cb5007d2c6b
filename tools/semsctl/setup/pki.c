/* semsctl pki: an issuer of certificates for houses without one. It speaks to no daemon. */
#include "tools/pki/pki.h"

#include "base/count.h"
#include "tools/semsctl/command.h"
#include "tools/terminal/table.h"

#include <limits.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER_DEFAULT "pki"
#define NAMES_MAX      32u
#define SOON_S         (30L * 86400L)

struct asked {
	const char *folder; /* of the issuer */
	const char *name;   /* of the issuer */
	const char *out;    /* where the server's set goes */
	const char *request;
	const char *servers[NAMES_MAX];
	size_t n_servers;
	bool again;
	int color;
	const char *const *words; /* behind the first */
	size_t n_words;
};

/* --- one certificate -------------------------------------------------------------------------- */

#define PASSPHRASE_SIZE 25

/* 24 letters and digits without those that are taken for others: 119 bits. */
static bool
make_passphrase(char out[PASSPHRASE_SIZE])
{
	static const char of[] = "abcdefghijkmnpqrstuvwxyz23456789"; /* 32 */
	unsigned char bytes[PASSPHRASE_SIZE - 1];

	if (RAND_bytes(bytes, sizeof bytes) != 1)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++)
		out[i] = of[bytes[i] % (sizeof of - 1)];
	out[sizeof bytes] = '\0';
	return true;
}

static void
say_server(const char *where)
{
	printf("The certificate of semsd is in %s: semsd --tls 0.0.0.0:7443 --tls-folder %s\n"
	       "A semsd that runs takes it within 20 seconds, or by: semsctl reload\n",
	       where, where);
}

static void
say_client(const struct pki_wish *w, const char *where)
{
	printf("%s/ has client.pem, client.key and ca.pem. As a principal it is\n"
	       "cert:sems:%s/%s; what that may do says semsctl init.\n",
	       where, pki_for_name(w->what), w->names[0]);
	if (w->request != NULL)
		puts("Its key stays where the request was made: no client.key was written.");
	if (w->p12 != NULL)
		printf("%s.p12 there is the same for browsers and phones; its passphrase is\n  "
		       "%s\nwhich is kept nowhere.\n",
		       w->names[0], w->p12);
}

static int
issue(struct pki *p, const struct pki_wish *wish)
{
	struct pki_wish w = *wish;
	char passphrase[PASSPHRASE_SIZE];
	char where[PATH_MAX];
	struct err e;

	if (w.what == PKI_PERSON && w.request == NULL && make_passphrase(passphrase))
		w.p12 = passphrase;
	if (pki_issue(p, &w, where, sizeof where, &e) != OK)
		return command_fail(&e);
	if (w.what == PKI_SERVER)
		say_server(where);
	else
		say_client(&w, where);
	return EXIT_DONE;
}

/* --- the commands ----------------------------------------------------------------------------- */

/* The server's folder may be elsewhere: the issuer keeps a link to it. */
static int
link_server(const struct asked *a)
{
	char link[PATH_MAX];
	char to[PATH_MAX];
	struct err e;

	if (a->out == NULL)
		return EXIT_DONE;
	snprintf(link, sizeof link, "%s/server", a->folder);
	if ((mkdir(a->out, 0700) == 0 || access(a->out, W_OK) == 0) &&
	    realpath(a->out, to) != NULL && symlink(to, link) == 0)
		return EXIT_DONE;
	err_set(&e, FATAL_CONFIG, "out", "%s: no folder can be made or used there", a->out);
	return command_fail(&e);
}

static int
begin(const struct asked *a)
{
	struct pki_wish w = {.what = PKI_SERVER, .names = a->servers, .n_names = a->n_servers};
	struct pki *p;
	struct err e;
	int rc;

	if (a->n_servers == 0)
		return command_usage(&command_pki, "--server NAME: by what name or address is "
						   "semsd reached?");
	if (pki_make(a->folder, a->name, &e) != OK)
		return command_fail(&e);
	rc = link_server(a);
	if (rc != EXIT_DONE)
		return rc;
	if (pki_open(a->folder, &p, &e) != OK)
		return command_fail(&e);
	printf("%s/ca.key vouches for everybody: whoever has it can be anybody. Keep it, and a "
	       "copy, where\nnobody else comes.\n",
	       a->folder);
	rc = issue(p, &w);
	pki_close(p);
	return rc;
}

/* *n: how many good ones a name has. */
static enum code
count_good(const struct pki *p, enum pki_for what, const char *name, size_t *n, struct err *e)
{
	struct pki_issued *all;
	size_t n_all;

	*n = 0;
	if (pki_list(p, &all, &n_all, e) != OK)
		return e->code;
	for (size_t i = 0; i < n_all; i++)
		*n += all[i].what == what && strcmp(all[i].name, name) == 0 &&
		      all[i].revoked_at == 0 && all[i].until > time(NULL);
	free(all);
	return OK;
}

/* A second one for the same is a renewal, or a machine that was set up anew. */
static enum code
make_way(struct pki *p, const struct asked *a, enum pki_for what, const char *name, struct err *e)
{
	size_t n;

	if (count_good(p, what, name, &n, e) != OK || n == 0)
		return e->code;
	if (!a->again)
		return err_set(e, REJ_STATE, "name",
			       "%s has a certificate already: semsctl pki renew %s/%s makes the "
			       "next one, --again revokes that one first",
			       name, pki_for_name(what), name);
	return pki_revoke(p, what, name, &n, e);
}

static int
give(struct pki *p, const struct asked *a, enum pki_for what)
{
	struct pki_wish w = {
	    .what = what, .names = a->words, .n_names = a->n_words, .request = a->request};
	struct err e = {0};

	if (a->n_words != 1)
		return command_usage(&command_pki, "one name of a %s", pki_for_name(what));
	if (make_way(p, a, what, a->words[0], &e) != OK)
		return command_fail(&e);
	return issue(p, &w);
}

static int
give_device(struct pki *p, const struct asked *a)
{
	return give(p, a, PKI_DEVICE);
}

static int
give_person(struct pki *p, const struct asked *a)
{
	return give(p, a, PKI_PERSON);
}

static int
give_server(struct pki *p, const struct asked *a)
{
	if (a->n_words == 0)
		return command_usage(&command_pki, "by which names or addresses is semsd reached?");
	return issue(
	    p, &(struct pki_wish){.what = PKI_SERVER, .names = a->words, .n_names = a->n_words});
}

/* "device/xray-7": which of the two, and *name. */
static enum pki_for
read_id(const char *id, const char **name)
{
	for (enum pki_for f = PKI_DEVICE; f < PKI_FORS; f++) {
		size_t n = strlen(pki_for_name(f));

		if (strncmp(id, pki_for_name(f), n) == 0 && id[n] == '/') {
			*name = id + n + 1;
			return f;
		}
	}
	*name = id;
	return PKI_FORS;
}

static int
renew(struct pki *p, const struct asked *a)
{
	struct pki_wish w = {.n_names = 1, .request = a->request};
	const char *name = NULL;
	size_t n;
	struct err e;

	if (a->n_words == 1)
		w.what = read_id(a->words[0], &name);
	if (a->n_words != 1 || w.what == PKI_FORS)
		return command_usage(&command_pki, "renew takes device/NAME or person/NAME; for "
						   "semsd's own: semsctl pki server NAME");
	w.names = &name;
	if (count_good(p, w.what, name, &n, &e) != OK)
		return command_fail(&e);
	if (n == 0) {
		err_set(&e, REJ_STATE, "name",
			"%s has no certificate that is good: it expired, was revoked or never was; "
			"semsctl pki %s %s gives it a new one",
			a->words[0], pki_for_name(w.what), name);
		return command_fail(&e);
	}
	return issue(p, &w);
}

static int
take_back(struct pki *p, const struct asked *a)
{
	const char *name = NULL;
	enum pki_for what;
	size_t n;
	struct err e = {0};

	if (a->n_words != 1)
		return command_usage(&command_pki,
				     "revoke takes device/NAME, person/NAME or a serial number");
	what = read_id(a->words[0], &name);
	if (pki_revoke(p, what, name, &n, &e) != OK)
		return command_fail(&e);
	printf("Revoked: %zu. A semsd that uses %s/server looks every 20 seconds; semsctl reload "
	       "makes it look\nnow. Whoever is connected with it is gone within a minute.\n",
	       n, a->folder);
	return EXIT_DONE;
}

static const char *
state_of(const struct pki_issued *one, time_t now)
{
	if (one->revoked_at != 0)
		return "revoked";
	if (one->until <= now)
		return "expired";
	return one->until - now < SOON_S ? "ends soon" : "good";
}

static void
put_day(struct table *t, time_t when)
{
	struct tm tm;
	char text[16] = "";

	if (when != 0 && gmtime_r(&when, &tm) != NULL)
		strftime(text, sizeof text, "%Y-%m-%d", &tm);
	table_cell(t, "%s", text);
}

static int
list(struct pki *p, const struct asked *a)
{
	static const char *const headers[] = {"For", "State", "From", "Until", "Revoked", "Serial"};
	struct table *t = table_new(COUNT(headers), headers);
	time_t now = time(NULL);
	struct pki_issued *all;
	size_t n;
	struct err e;

	if (pki_list(p, &all, &n, &e) != OK) {
		table_free(t);
		return command_fail(&e);
	}
	for (size_t i = 0; i < n; i++) {
		table_cell(t, "%s/%s", pki_for_name(all[i].what), all[i].name);
		table_cell(t, "%s", state_of(&all[i], now));
		put_day(t, all[i].from);
		put_day(t, all[i].until);
		put_day(t, all[i].revoked_at);
		table_cell(t, "%s", all[i].serial);
	}
	table_print(t, stdout, a->color);
	table_free(t);
	free(all);
	return EXIT_DONE;
}

/* --- the command ------------------------------------------------------------------------------ */

enum pki_sub {
	SUB_INIT,
	SUB_DEVICE,
	SUB_PERSON,
	SUB_SERVER,
	SUB_RENEW,
	SUB_REVOKE,
	SUB_LIST,
	N_SUBS
};

static const struct sub subs[] = {
    [SUB_INIT] = {"init", "--server NAME [--name TEXT] [--out FOLDER]",
		  "Makes the issuer, and semsd's own certificate.",
		  "semsctl pki init --server sems.airport.example --server 192.0.2.7"},
    [SUB_DEVICE] = {"device", "NAME [--csr FILE] [--again]", "Gives a machine a certificate.",
		    "semsctl pki device xray-7"},
    [SUB_PERSON] = {"person", "NAME [--csr FILE] [--again]", "Gives a person a certificate.",
		    "semsctl pki person rita"},
    [SUB_SERVER] = {"server", "NAME...", "Gives semsd a new one, for these names and addresses.",
		    "semsctl pki server sems.airport.example"},
    [SUB_RENEW] = {"renew", "device/NAME|person/NAME [--csr FILE]",
		   "Gives the next one to who has one; both are good until the old one ends.",
		   "semsctl pki renew device/xray-7"},
    [SUB_REVOKE] = {"revoke", "device/NAME|person/NAME|SERIAL", "Revokes what it has.",
		    "semsctl pki revoke device/xray-7"},
    [SUB_LIST] = {"list", "", "What was issued, and what of it is good.", "semsctl pki list"},
};
COVERS(subs, N_SUBS);

/* With the issuer; NULL: it makes one. */
static int (*const doing[])(struct pki *p, const struct asked *a) = {
    [SUB_INIT] = NULL,          [SUB_DEVICE] = give_device, [SUB_PERSON] = give_person,
    [SUB_SERVER] = give_server, [SUB_RENEW] = renew,        [SUB_REVOKE] = take_back,
    [SUB_LIST] = list,
};
COVERS(doing, N_SUBS);

static const struct option longs[] = {
    {"pki", required_argument, NULL, 'p'},
    {"server", required_argument, NULL, 'S'},
    {"name", required_argument, NULL, 'n'},
    {"out", required_argument, NULL, 'o'},
    {"csr", required_argument, NULL, 'r'},
    {"again", no_argument, NULL, 'a'},
    {NULL, 0, NULL, 0},
};

static bool
take_option(struct asked *a, int opt)
{
	if (opt == 'p')
		a->folder = optarg;
	else if (opt == 'n')
		a->name = optarg;
	else if (opt == 'o')
		a->out = optarg;
	else if (opt == 'r')
		a->request = optarg;
	else if (opt == 'a')
		a->again = true;
	else if (opt == 'S' && a->n_servers < NAMES_MAX)
		a->servers[a->n_servers++] = optarg;
	else
		return false;
	return true;
}

static int
run(const struct options *o, int argc, char **argv)
{
	const char *env = getenv("SEMS_PKI");
	struct asked a = {.folder = env != NULL && env[0] != '\0' ? env : FOLDER_DEFAULT,
			  .name = "SeMS certificates",
			  .color = o->color};
	const struct sub *sub;
	struct pki *p;
	struct err e;
	int opt;
	int rc;

	while ((opt = command_option(&command_pki, argc, argv)) != -1)
		if (!take_option(&a, opt))
			return EXIT_USAGE;
	if (optind >= argc)
		return command_usage(&command_pki, "what is to be done?");
	sub = command_find_sub(&command_pki, argv[optind]);
	if (sub == NULL)
		return command_unknown_sub(&command_pki, argv[optind]);
	a.words = (const char *const *)argv + optind + 1;
	a.n_words = (size_t)(argc - optind - 1);
	if (doing[sub - subs] == NULL)
		return begin(&a);
	if (pki_open(a.folder, &p, &e) != OK)
		return command_fail(&e);
	rc = doing[sub - subs](p, &a);
	pki_close(p);
	return rc;
}

static const struct sub *
sub_at(size_t i)
{
	return i < COUNT(subs) ? &subs[i] : NULL;
}

const struct command command_pki = {
    .sub = sub_at,
    .options = longs,
    .letters = "",
    .name = "pki",
    .summary = "certificates for machines and people, where there is no issuer yet",
    .help =
	"An issuer of certificates in a folder (pki, or --pki FOLDER, or $SEMS_PKI), for houses\n"
	"without one: its key ca.key vouches for everybody. Needs no semsd. A machine or a person\n"
	"gets a folder with client.pem, client.key and ca.pem, which semsctl takes with "
	"--identity;\n"
	"people get a .p12 for browsers and phones as well. They last 825 days. semsd knows them "
	"as\n"
	"cert:sems:device/NAME and cert:sems:person/NAME.\n"
	"\n"
	"      --pki FOLDER   the issuer's folder\n"
	"      --server NAME  a name or an address by which semsd is reached; may be repeated\n"
	"      --name TEXT    what the issuer is called\n"
	"      --out FOLDER   where semsd's own set goes, such as DIR/tls of --embedded DIR\n"
	"      --csr FILE     a request (PKCS#10) of who made its own key, which stays there\n"
	"      --again        the machine was set up anew: revoke what it had first\n"
	"\n"
	"Examples:\n"
	"  semsctl pki init --server sems.airport.example\n"
	"  semsctl pki device xray-7\n"
	"  semsctl pki person rita\n"
	"  semsctl pki revoke device/xray-7 && semsctl reload\n",
    .run = run,
};
