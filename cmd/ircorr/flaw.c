#include "flaw.h"

#define CHECKED                                                            \
	"checked input, patches and a server that may not start programs " \
	"(M1013, M1051, M1038)"

static const struct flaw guessed = {NULL, NULL, "T1110.001", "CWE-307",
    "a limit on failed logons, and keys or a second factor in place of passwords (M1036, "
    "M1032)"};
static const struct flaw sprayed = {NULL, NULL, "T1110.003", "CWE-521",
    "passwords that lists hold refused, and a second factor (M1027, M1032)"};
static const struct flaw stuffed = {NULL, NULL, "T1110.004", "CWE-308",
    "a second factor, and passwords that leaked elsewhere refused (M1032, M1027)"};
static const struct flaw known = {NULL, NULL, "T1078", "CWE-308",
    "a second factor, and logons only from known addresses (M1032, M1035)"};
static const struct flaw application = {
    NULL, "runs input from outside", "T1190", "CWE-20", CHECKED};

/* The gravest first: what runs commands explains a shell better than what reads files. */
static const struct flaw web[] = {
    {"command injection", "hands input from requests to a shell", "T1190", "CWE-78",
	CHECKED},
    {"shellshock", "hands input from requests to a shell", "T1190", "CWE-78", CHECKED},
    {"code injection", "runs code that requests bring", "T1190", "CWE-94", CHECKED},
    {"deserial", "unpacks objects that requests bring", "T1190", "CWE-502", CHECKED},
    {"jndi", "evaluates expressions that requests bring", "T1190", "CWE-917", CHECKED},
    {"log4", "evaluates expressions that requests bring", "T1190", "CWE-917", CHECKED},
    {"template injection", "evaluates templates that requests bring", "T1190", "CWE-1336",
	CHECKED},
    {"upload", "takes uploads that the server then runs", "T1190", "CWE-434",
	"a folder for uploads from which nothing is run (M1022, M1038)"},
    {"file inclusion", "includes files that requests name", "T1190", "CWE-98", CHECKED},
    {"sql", "hands input from requests to a database", "T1190", "CWE-89",
	"checked input, patches and a database account with few rights (M1013, M1051, "
	"M1026)"},
    {"external entit", "resolves entities of foreign XML", "T1190", "CWE-611", CHECKED},
    {"request forgery", "fetches what requests name", "T1190", "CWE-918",
	"checked input, and a server that reaches only what it needs (M1013, M1037)"},
    {"traversal", "opens paths that requests name", "T1190", "CWE-22",
	"checked input, patches and a server that reads only its own folder (M1013, "
	"M1051, M1022)"},
};

const struct flaw *
flaw_of_logon(const struct incident *in, bool guessing)
{
	if (!guessing)
		return &known;
	if (incident_did(in, "T1110.004"))
		return &stuffed;
	return incident_did(in, "T1110.003") ? &sprayed : &guessed;
}

/* Does the text hold the word, whatever the case? */
static bool
mentions(struct str text, struct str word)
{
	for (size_t i = 0; i + word.n <= text.n; i++)
		if (str_ieq(str_sub(text, i, word.n), word))
			return true;
	return false;
}

static bool
named(const struct incident *in, const struct flaw *f)
{
	for (size_t i = 0; i < in->members_n; i++)
		if (in->members[i].severity >= SEV_MEDIUM &&
		    mentions(in->members[i].name, str_of(f->word)))
			return true;
	return false;
}

const struct flaw *
flaw_of_web(const struct incident *in, size_t n)
{
	const char *told = "";

	for (size_t i = 0; i < sizeof(web) / sizeof(*web); i++) {
		if (strcmp(web[i].cwe, told) == 0 || !named(in, &web[i]))
			continue;
		if (n-- == 0)
			return &web[i];
		told = web[i].cwe;
	}
	return NULL;
}

const struct flaw *
flaw_of_application(void)
{
	return &application;
}

/* --- programs --- */

static bool
one_of(struct str exe, const char *const *names)
{
	for (; *names; names++)
		if (str_ieq(str_base(exe), str_of(*names)))
			return true;
	return false;
}

const struct flaw *
flaw_of_program(const struct origin *o)
{
	static const struct flaw document = {NULL, NULL, "T1204.002", NULL,
	    "macros and scripts of documents from outside blocked (M1042, M1038)"};
	static const struct flaw message = {NULL, NULL, "T1566.001", NULL,
	    "attachments opened apart, and people who were warned (M1048, M1017)"};
	static const struct flaw download = {NULL, NULL, "T1204.002", NULL,
	    "only known programs run, and people who were warned (M1038, M1017)"};
	static const char *const offices[] = {"winword.exe", "excel.exe", "powerpnt.exe",
	    "onenote.exe", "mspub.exe", "visio.exe", "acrord32.exe", "acrobat.exe",
	    "soffice.bin", "wscript.exe", "cscript.exe", "mshta.exe", "hh.exe", NULL};
	static const char *const mailers[] = {
	    "outlook.exe", "thunderbird.exe", "thunderbird", "hxoutlook.exe", NULL};

	if (one_of(o->writer, mailers) || one_of(o->parent, mailers))
		return &message;
	return one_of(o->executable, offices) ? &document : &download;
}
