// What scan.c is measured against: simdjson's DOM, called line by line.
#include <cstring>
#include <simdjson.h>

static simdjson::dom::parser parser;

// Parse one line and look up some names; returns how many were there, -1 for a bad line.
extern "C" int
simdjson_line(const char *p, size_t n, const char *const *names, size_t count)
{
	simdjson::dom::object object;
	int found = 0;

	if (parser.parse(p, n, false).get(object))
		return -1;
	for (size_t i = 0; i < count; i++) {
		simdjson::dom::element e;

		if (!object.at_key(names[i]).get(e))
			found++;
	}
	return found;
}

extern "C" const char *
simdjson_kernel(void)
{
	static std::string name = simdjson::get_active_implementation()->name();

	return name.c_str();
}
