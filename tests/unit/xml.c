#include "xml.h"
#include "json.h"
#include "test.h"

static struct arena *a;
static struct leaves leaves;
static bool more;

static struct str
value(const char *path)
{
	const struct leaf *leaf = leaves_find(&leaves, str_of(path));

	return leaf && leaf->raw.p ? json_text(a, leaf->raw) : STR_NONE;
}

static bool
reads(const char *text)
{
	return xml_read(str_of(text), a, &leaves, &more);
}

static void
windows_events_become_paths(void)
{
	static const char *const rows[][2] = {
	    {"Event.System.Provider.Name", "P"},
	    {"Event.System.EventID", "7"},
	    {"Event.System.EventID.Qualifiers", "0"},
	    {"Event.EventData.User", "a<b&\"'\n\xc3\xa9\xf0\x9f\x98\x80"},
	    {"Event.EventData.param2", "x"},
	    {"Event.EventData.Empty", NULL},
	    {"Event.EventData.Data", NULL},
	    {"Event.UserData.Cleared.Name", "<raw>&amp;"},
	    {"Event.UserData.Cleared.row", "1"},
	    {"Event.UserData.Cleared.row.2", "2"},
	    {"Event.xmlns", NULL},
	};

	T(reads("<?xml version=\"1.0\"?><!-- c --><Event xmlns='http://example.com/e'>"
		"<System><Provider Name='P'/><EventID "
		"Qualifiers=\"0\">7</EventID></System>\r\n"
		"<EventData><Data "
		"Name='User'>a&lt;b&amp;&quot;&apos;&#10;&#233;&#x1F600;</Data>"
		"<Data>x</Data><Data Name='Empty'/></EventData><UserData><e:Cleared "
		"xmlns:e='x'>"
		"<Name><![CDATA[<raw>&amp;]]></Name><row>1</row><row>2</row></e:Cleared>"
		"</UserData></Event>\n"));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		T(str_eq(value(rows[i][0]), str_of(rows[i][1])));
	T(!leaves.twice);
}

static void
what_is_no_document_is_refused(void)
{
	static const char *const rows[] = {"", "<", "<a", "<a>", "<a></b>", "<a>&x;</a>",
	    "<a>&#0;</a>", "<a>&#x110000;</a>", "<a>& b</a>", "<a b></a>", "<a b=c/>",
	    "<a b='<'/>", "<!DOCTYPE a><a/>", "x<a/>", "<a/>x", "<a b='1></a>",
	    "<13>Nov 24", "</a>", "<a><!-- </a>",
	    ("<a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a><a>x</a></a></a></a></a></"
	     "a>"
	     "</a></a></a></a></a></a></a></a></a></a></a>")};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		T(!reads(rows[i]));
	T(reads("<a/>"));
	T(reads("<a>x</a><!-- y -->"));
	T(!more);
	T(reads("<a>1</a>\n<a>2</a>"));
	T(more);
	T(str_eq(value("a"), STR("1")));
}

int
main(void)
{
	a = arena_new();
	FACT(windows_events_become_paths);
	FACT(what_is_no_document_is_refused);
	leaves_free(&leaves);
	arena_free(a);
	return TEST_END;
}
