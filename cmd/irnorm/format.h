/*
 * format - a log format, compiled from its file (ir-format(5)).
 *
 * All that a format says is turned into tables here, once: constants become
 * ready-made JSON, names become numbers, patterns become parts.
 */
#ifndef FORMAT_H
#define FORMAT_H

#include "choice.h"
#include "header.h"
#include "map.h"
#include "motif.h"
#include "node.h"
#include "regex.h"

#define LITERAL_NONE UINT32_MAX
#define FORMAT_USUAL 50 /* the priority of most */
#define FORMAT_LAST  10 /* below this priority: after the formats of any program */

enum format_over {
	OVER_SYSLOG, /* the body behind a syslog envelope */
	OVER_JSON,   /* a JSON object */
	OVER_NONE,   /* the bare line */
};

struct constant {
	int field;
	struct str raw;
};

struct constants {
	struct constant *v;
	size_t n;
	struct copy *copies; /* done behind them */
	size_t n_copies;
};

/* A source key, or part of a capture, that becomes a field. */
struct target {
	int field;
	enum convert convert;
	struct map *table; /* of text to text; or NULL */
};

struct mapping {
	struct target *v;
	size_t n;
};

/* A piece of a composed text: what stands before a field. */
struct copy_part {
	struct str text;
	int field; /* -1: none */
};

/* Targets that get the value of another field, or a text made of fields, if they have none. */
struct copy {
	int from; /* -1: of the parts */
	struct copy_part *parts;
	size_t n_parts;
	struct mapping to;
};

/* "Event.EventData.*": how members are called by another format, which takes them. */
struct rename {
	struct str head; /* what the path starts with */
	size_t skip;     /* names between it and the rest */
	bool whole;      /* the path is the head */
	struct str to;   /* "" and no rest: left out */
	bool rest;       /* what is behind follows */
};

struct renames {
	struct rename *v; /* longer heads first */
	size_t n;
};

#define LOOKUP_FROM 4

struct glob_row {
	struct str glob;
	const struct constants *row;
};

/* Constants by the values of fields. */
struct lookup {
	int from[LOOKUP_FROM];
	size_t n_from;
	struct map *rows; /* value to struct constants */
	struct glob_row *globs;
	size_t n_globs;
	struct constants *any;    /* for a value without a row */
	struct constants *absent; /* when there is no value */
};

/* Steps that take a text apart (decode.h). */
struct steps {
	struct step *v;
	size_t n;
};

struct rule {
	struct str id;
	int line; /* in the file */
	struct format *format;
	struct motif **match;
	uint32_t *literal; /* by pattern: number of one that the text must hold */
	uint32_t need_literal;
	size_t n_match;
	struct regex *regex;
	int regex_field[REGEX_GROUPS];
	enum convert regex_convert[REGEX_GROUPS];
	struct steps decode;
	struct str need;        /* of the regex: a literal that must be there */
	struct constants early; /* what nothing else can set */
	struct constants late;  /* what holds unless something else was set */
	struct str ready;       /* `early` as JSON members */
};

/* A member of an object that holds one of some values. */
struct wanted {
	struct str path;
	struct str *globs;
	size_t n_globs;
};

struct sample {
	struct str text;
	const struct node *want;
	const char *file; /* its name as an input, or NULL */
	int line;
};

struct format {
	struct str name, title;
	const char *path;
	const struct node *root;
	enum format_over over;
	int priority;
	const struct format *alone[2]; /* a list of it, NULL at the end */
	size_t rank;                   /* among all, by priority */
	struct str *programs;          /* process.name, or a glob that ends in a star */
	size_t n_programs;
	bool any_program;
	struct str *needs; /* one of them must be in the text */
	size_t n_needs;
	struct str *keys, *any_keys; /* of an object */
	size_t n_keys, n_any;
	struct wanted *where;
	size_t n_where;
	struct str name_key; /* a key by which objects say what they are; or absent */
	struct str *names;   /* and its values, globs, for this format */
	size_t n_names;
	struct header **columns; /* of rows without a header */
	size_t n_columns;
	bool closed;       /* an object has no members but those that are named here */
	struct map *loose; /* the map by looser keys, or NULL */
	struct renames renames;
	struct str *wraps; /* members that hold a line of another format */
	size_t n_wraps;
	struct str *only; /* members that such a wrapper may have, globs */
	size_t n_only;
	struct str *without; /* keys that an object of this format has not */
	size_t n_without;
	struct str *before; /* names of formats that this one is asked before, always */
	size_t n_before;
	const struct format **rivals; /* those that name this one, NULL at the end */
	struct str *files; /* globs of input names for which it is tried first */
	size_t n_files;
	struct str under; /* prefix of what is not mapped; empty: taken over as it is */
	bool takes;       /* has an object to take */
	struct map *map;  /* key to struct mapping, or NULL */
	struct steps decode;
	struct str *deep; /* keys of the map that lead into lists */
	size_t n_deep;
	struct lookup *lookups;
	size_t n_lookups;
	struct rule *rules;
	size_t n_rules;
	struct rule whole;                 /* constants of a format without rules */
	const struct choice *choices[256]; /* by the first byte of a text */
	struct sample *samples;
	size_t n_samples;
};

struct formats {
	struct arena *a;
	struct cache *cache; /* of parsed files, or NULL */
	struct fields *fields;
	struct format **v;
	size_t n, cap;
	struct map **tables; /* of targets, to be freed */
	size_t n_tables, cap_tables;
	const struct node *scales; /* of severities; NULL until one is asked for */
};

struct formats *formats_new(struct fields *);
void formats_free(struct formats *);

/* One file; a format of the same name replaces the earlier.  False: ERR_CONFIG, file:line:col. */
bool formats_load(struct formats *, const char *path, struct err *);

/* The same from a text; `name` stands for the path and lives as long. */
bool formats_read(struct formats *, struct str text, const char *name, struct err *);

/* All *.yaml files of a directory; one that is not there is an error unless `maybe`. */
bool formats_load_dir(struct formats *, const char *dir, bool maybe, struct err *);

/* When all are loaded: who is asked before whom. */
void formats_link(struct formats *);

const struct format *formats_find(const struct formats *, struct str name);

/* --- between the parts of the compiler --- */

#define LIKES 4

struct load {
	struct formats *formats;
	struct format *format;
	const char *path;
	const struct node *roots[LIKES]; /* what it is like, the farthest first; itself */
	size_t n_roots;
	struct constants set;
	struct err *e;
};

/* Fill in `e` with the place of the node; returns false. */
bool load_fault(struct load *, const struct node *, const char *fmt, ...)
    PRINTF_LIKE(3, 4);

/* Are all members of the map among `names` (NULL at the end)? */
bool load_known(struct load *, const struct node *map, const char *const *names);

/* The texts of a list or of a single scalar. */
bool load_texts(struct load *, const struct node *, struct str **v, size_t *n);

/* Constants from a map of fields to values; later ones replace earlier ones. */
bool load_constants(struct load *, const struct node *, struct constants *);

/* What a mapping holds outside the arena. */
void mapping_free(struct mapping *);
/* The members `copy` and `compose` of a map, behind what `c` has. */
bool load_copies(struct load *, const struct node *map, struct constants *c);

/* A member of the format, or of the nearest that it is like; or NULL. */
const struct node *load_nearest(const struct load *, struct str part, struct str inner);

/* The constants of groups, by a name or a list of names. */
bool load_group(struct load *, const struct node *is, struct constants *);

/* "field:type", and a list of such. */
bool load_target(struct load *, const struct node *, struct target *);
bool load_targets(struct load *, const struct node *, struct mapping *);

/* Mark the fields that it reads and sets. */
void copy_touch(const struct copy *, bool *touched);

bool load_renames(struct load *, const struct node *);

bool load_map(struct load *, const struct node *);
bool load_lookups(struct load *, const struct node *);

/* Rows of ir.severity by a named scale; `scale` may be NULL. */
bool load_scale(struct load *, const struct node *scale, struct lookup *);
bool load_rules(struct load *, const struct node *);

/* Patterns: one, or a list. */
bool load_motifs(struct load *, const struct node *, struct motif ***v, size_t *n);

/* Which constants are early: call when everything else of the format is loaded. */
void load_settle(struct load *);

#endif
