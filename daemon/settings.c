#include "settings.h"

#include "base/count.h"
#include "config.h"

#include <ctype.h>
#include <string.h>

#define MEMBER(name) offsetof(struct config, name)

const struct setting settings[] = {
    {"embedded", 'e', SETTING_TEXT, IN_LINE, 0, "DIR", MEMBER(embedded),
     "Make and run a private PostgreSQL cluster under DIR",
     "Make and run a private cluster under\n.IR DIR .\n", NULL, NULL},
    {"config", 'c', SETTING_TEXT, IN_LINE, 0, "FILE", MEMBER(file),
     "Use the database that FILE (YAML) names", "Read the configuration\n.IR FILE .\n", NULL, NULL},
    {"database", 256, SETTING_TEXT, IN_BOTH | NEEDED_IN_FILE, 0, "CONNINFO", MEMBER(database),
     "Use this database (libpq connection string)",
     "Use this database, given as a libpq connection string.\n",
     "Required. A libpq connection string. Several hosts may be named, with "
     "target_session_attrs=read-write.\n"
     "Names are looked up beside everything else, so that a silent name server holds up nobody; "
     "each name and each\naddress has ten seconds, then comes the next.\n",
     "# How to reach PostgreSQL 15 or later, as libpq says it. Several hosts may be named; only "
     "the "
     "one that\n# can be written to is used. A password belongs into a password file, not here. A "
     "name is looked up\n# beside everything else, and each address has ten seconds to answer.\n"
     "database: \"host=/run/postgresql dbname=sems user=semsd target_session_attrs=read-write\"\n"},
    {"socket", 's', SETTING_TEXT, IN_BOTH, 1, "PATH", MEMBER(socket),
     "The Unix socket (default DIR/semsd.sock)",
     "The Unix socket for clients; by default\n.IR DIR /semsd.sock,\n"
     "or /run/semsd/semsd.sock without\n.BR \\-\\-embedded .\n",
     NULL, "# The Unix socket for clients.\nsocket: /run/semsd/semsd.sock\n"},
    {"keys", 257, SETTING_TEXT, IN_BOTH, 1, "FOLDER", MEMBER(keys),
     "Where the keys are (default DIR/keys)",
     "Where the keys for pseudonyms and for the quarantine are; by default\n.IR DIR /keys,\n"
     "or /var/lib/semsd/keys.\n",
     NULL,
     "# The folder of keys: pseudonyms (one a year) and the quarantine. Made with mode 0700 when "
     "it "
     "is not\n# there. Keep its backup apart from the database's.\nkeys: /var/lib/semsd/keys\n"},
    {"state", 258, SETTING_TEXT, IN_BOTH, 1, "FOLDER", MEMBER(state),
     "Where to note how far the database came (default DIR, or above the keys)",
     "Where semsd notes how far the database had come, so that it notices when an older one was "
     "put "
     "in its place;\nby default\n.IR DIR ,\nor the folder above that of the keys. One semsd to a "
     "folder: a second one is refused and told which process has it.\n",
     NULL,
     "# Where semsd notes how far the database had come, in a file of its own, to notice a "
     "restored "
     "backup.\n# One semsd to a folder. Never restore that file together with the database.\n"
     "state: /var/lib/semsd\n"},
    {"durability", 262, SETTING_TEXT, IN_BOTH, 1, "LEVEL", MEMBER(durability),
     "What an answer means: local (default), or replicated",
     "What it means that a record is answered:\n.BR local ,\n"
     "the default, that it is on the disk of the database;\n.BR replicated ,\n"
     "that a synchronous standby has it on its disk, too. Then semsd looks every two seconds "
     "whether as many standbys stream as\nsynchronous_standby_names waits for, and asks after each "
     "commit whether it waited. While that is not so, records are\nanswered RETRY, and\n"
     ".B semsctl status\nsays why. Clients are told the level when they connect, and the SPD has "
     "the days of each.\n",
     NULL,
     "# What it means that a record is answered: local, it is on the database's disk; replicated, "
     "a "
     "synchronous\n# standby has it, too. Then synchronous_standby_names must name one, and "
     "records "
     "are sent back (RETRY)\n# while none streams.\n#durability: replicated\n"},
    {"spd-template", 259, SETTING_TEXT, IN_BOTH, 1, "FILE", MEMBER(layout),
     "The SPD's layout (default: the one compiled in)",
     "The layout of the SPD (YAML) in place of the one that is compiled in: its sheets, their "
     "order "
     "and what is on\neach. deploy/catalogue/template.yaml explains it. A fault in it is named "
     "with "
     "its line, and semsd does not start.\n",
     NULL,
     "# The layout of the SPD, where the regulator has another than the one compiled in: a copy "
     "of\n"
     "# deploy/catalogue/template.yaml, changed.\n#spd_template: /etc/semsd/template.yaml\n"},
    {"listen", 'l', SETTING_LIST, IN_BOTH, 1, "ADDRESS:PORT", MEMBER(listen),
     "Listen on loopback TCP too, e.g. 127.0.0.1:7400; port 0 takes a free one",
     "Listen on loopback TCP too; may be given up to 16 times, those of the file counted; one more "
     "is refused. Port 0 takes a free one and logs it. Whoever may\n"
     "connect to the loopback interface is the principal\n.IR tcp:loopback .\n",
     "A list of\n.IR ADDRESS : PORT ,\nas\n.BR \\-\\-listen .\n",
     "# Plain TCP for clients on this machine, loopback only. Left out: none.\n"
     "#listen:\n#  - 127.0.0.1:7400\n"},
    {"tls", 't', SETTING_LIST, IN_BOTH, 1, "ADDRESS:PORT", MEMBER(tls),
     "Listen on TCP with TLS and client certificates, e.g. 0.0.0.0:7443",
     "Listen on TCP with TLS 1.3 for machines and people of other hosts; may be given up to 16 "
     "times. Whoever connects shows a\ncertificate, and is the principal\n.IR cert: URI\n"
     "of its subject alternative name, as in\n.IR cert:sems:device/xray-7 .\n"
     "Port 0 takes a free one and logs it.\n",
     "A list of\n.IR ADDRESS : PORT ,\nas\n.BR \\-\\-tls .\n",
     "# TLS 1.3 for machines and people of other hosts, each with a certificate. Left out: none.\n"
     "#tls:\n#  - 0.0.0.0:7443\n"},
    {"tls-folder", 261, SETTING_TEXT, IN_BOTH, 1, "FOLDER", MEMBER(tls_folder),
     "Certificates for --tls (default DIR/tls, or /etc/semsd/tls)",
     "What TLS shows and trusts: server.pem with semsd's certificate and those between it and its "
     "issuer, server.key with its\nkey, ca.pem with the issuers of those who may come, and crl.pem "
     "with what each of these has revoked, which may be left\nout. One set: read at a start, when "
     "a "
     "file changes (looked at every 20 seconds), and by\n.BR \"semsctl reload\" .\n"
     "One that is not good leaves the last one in force and is told. By default\n.IR DIR /tls,\n"
     "or /etc/semsd/tls.\n",
     NULL,
     "# The folder with server.pem, server.key, ca.pem and crl.pem for it; \"semsctl pki\" makes "
     "them.\n#tls_folder: /etc/semsd/tls\n"},
    {"web", 'w', SETTING_TEXT, IN_LINE, 1, "ADDRESS:PORT", MEMBER(web),
     "With --embedded: start semsweb there too, e.g. 127.0.0.1:8443",
     "With\n.BR \\-\\-embedded :\nstart\n.BR semsweb (8)\nthere too, on a loopback address, from "
     "the "
     "folder that semsd is in. It prints a link that signs in the owner, once, and ends with "
     "semsd.\n",
     NULL, NULL},
    {"user", 'u', SETTING_TEXT, IN_LINE, 1, "NAME", MEMBER(user),
     "Step down to NAME when started by root (default semsd or postgres)",
     "The user to become when started by root; by default semsd, or postgres when there is none.\n",
     NULL, NULL},
    {"check", 260, SETTING_FLAG, IN_LINE, 2, NULL, MEMBER(check),
     "Read the configuration, say whether it is good, and exit",
     "Read the configuration, say whether it is good, and exit. Refused is what a start would "
     "refuse, as far as\nthat is to be seen without the database and without making anything: "
     "options and files, the database's\nconnection string, the folder of keys and each key in it, "
     "the socket's path, the addresses, and of\n.B \\-\\-embedded\n"
     "the folder, the user and the PostgreSQL programs. Ask as the user that semsd runs as: root "
     "may "
     "read any key.\nWhat is so only now, such as a database that is away or a semsd that runs "
     "there, is no fault.\n",
     NULL, NULL},
    {"verbose", 'v', SETTING_FLAG, IN_LINE, 2, NULL, MEMBER(verbose), "Log connections too",
     "Log connections too.\n", NULL, NULL},
    {"print-example", SETTING_EXAMPLE, SETTING_TELL, IN_LINE, 2, NULL, 0,
     "Print a configuration file with every setting",
     "Print a configuration file with every setting, as a beginning of one's own.\n", NULL, NULL},
    {"print-manual", SETTING_MANUAL, SETTING_TELL, IN_LINE, 2, NULL, 0,
     "Print this manual's sections of options and of the configuration file",
     "Print this section and the next one, of which the manual page is made.\n", NULL, NULL},
    {"version", SETTING_VERSION, SETTING_TELL, IN_LINE, 2, NULL, 0, "Print the version",
     "Print the version.\n", NULL, NULL},
    {"help", SETTING_HELP, SETTING_TELL, IN_LINE, 2, NULL, 0, "Give this help",
     "Print a summary of the options.\n", NULL, NULL},
};
const size_t n_settings = COUNT(settings);

void
settings_example(FILE *f)
{
	fputs("# The configuration of semsd with a database of your own:  semsd --config "
	      "/etc/semsd/semsd.yaml\n"
	      "# (semsd --embedded DIR needs no file.) An unknown key is an error, with its line. "
	      "What "
	      "the command\n# line says goes before the file.\n",
	      f);
	for (size_t i = 0; i < n_settings; i++)
		if (settings[i].example != NULL)
			fprintf(f, "\n%s", settings[i].example);
}

/* A name as roff wants it: "\-\-spd\-template". */
static void
put_option(FILE *f, const char *name)
{
	fputs("\\-\\-", f);
	for (; *name != '\0'; name++)
		fprintf(f, *name == '-' ? "\\-" : "%c", *name);
}

static void
put_head(FILE *f, const struct setting *s)
{
	bool has_letter = isalpha((unsigned char)s->key) != 0 && s->key < 256;

	fputs(has_letter || s->arg != NULL ? ".TP\n.BR " : ".TP\n.B ", f);
	if (has_letter)
		fprintf(f, "\\-%c \", \" ", s->key);
	put_option(f, s->name);
	if (s->arg != NULL)
		fprintf(f, " \" \\fI%s\\fR\"", s->arg);
	fputc('\n', f);
}

static void
put_key(FILE *f, const struct setting *s)
{
	fputs(".TP\n.B ", f);
	for (const char *p = s->name; *p != '\0'; p++)
		fputc(*p == '-' ? '_' : *p, f);
	fputc('\n', f);
	if (s->in_file != NULL) {
		fputs(s->in_file, f);
		return;
	}
	fputs("As\n.BR ", f);
	put_option(f, s->name);
	fputs(" .\n", f);
}

void
settings_manual(FILE *f)
{
	fputs(".SH OPTIONS\n", f);
	for (size_t i = 0; i < n_settings; i++) {
		put_head(f, &settings[i]);
		fputs(settings[i].manual, f);
	}
	fputs(".SH CONFIGURATION\n"
	      "The file is YAML. A key that is not listed here is an error, told with its line. It "
	      "is "
	      "read at a start; a change needs\nanother one.\n",
	      f);
	for (size_t i = 0; i < n_settings; i++)
		if ((settings[i].place & IN_FILE) != 0)
			put_key(f, &settings[i]);
}
