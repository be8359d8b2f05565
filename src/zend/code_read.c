/*
 * An op_array from its image: see closures.h. It is made as the compiler makes one, each part in a block of Zend's heap that
 * destroy_op_array() frees, with two additions behind parts that live as long as it: the run-time cache stands behind the
 * literals, and the op_arrays of inner closures behind the table of pointers to them. The compiler has those two in an arena,
 * which would grow with every image until the end of the request.
 */
#include "closures.h"

#include "zend_extensions.h"
#include "zend_observer.h"

/* Nothing that a compiler writes comes near. */
#define FZ_MOST_TEMPORARIES (1u << 24)

/* What no code of a closure is; Zend frees or calls something else for it. */
#define FZ_NEVER (ZEND_ACC_ABSTRACT | ZEND_ACC_CALL_VIA_TRAMPOLINE)

static bool fz_check_header(fz_code_reader *r)
{
	fz_code_header here, there;

	fz_code_header_of_here(&here);
	if (!fz_code_get(r, &there, sizeof there)) {
		return false;
	}
	if (there.magic != here.magic) {
		return fz_code_broken(r);
	}
	if (there.minor != here.minor) {
		return fz_decode_refuse(r->d,
			"closures cross only between the same PHP minor (%s %u.%u, %s %u.%u): pass a named callable or a script",
			there.zts ? "guest" : "host", there.minor / 100, there.minor % 100,
			here.zts ? "guest" : "host", here.minor / 100, here.minor % 100);
	}
	r->slots = (int32_t) (here.handles - there.handles) * (int32_t) sizeof(void *);
	here.zts = there.zts;
	here.handles = there.handles;
	return memcmp(&here, &there, sizeof here) == 0
		|| fz_decode_refuse(r->d, "closures cannot cross: the two builds of PHP %u.%u differ", here.minor / 100, here.minor % 100);
}

/* Room for counted parts, all of which take bytes in the image. */
static bool fz_check_numbers(fz_code_reader *r, const fz_code_numbers *n)
{
	const size_t left = fz_code_left(r);
	const int64_t cache = (int64_t) n->cache_size + r->slots;
	/* A slot is an opcode's, or that of a class in a type: none goes without bytes of its own. Extensions' come on top. */
	const int64_t most_cache = (int64_t) (left + ZEND_MAX_RESERVED_RESOURCES) * (int64_t) sizeof(void *);

	return (n->last && n->last <= left / sizeof(fz_code_op) && n->last_literal <= left / 5 && n->last_var <= left / 4
		&& n->last_live_range <= left / sizeof(zend_live_range) && n->last_try_catch <= left / sizeof(zend_try_catch_element)
		&& n->functions <= left / sizeof(fz_code_numbers) && n->statics <= left / 4 && n->additions <= 2 * n->last
		&& n->num_args <= left / 8 && n->required_num_args <= n->num_args && n->T <= FZ_MOST_TEMPORARIES
		&& !(n->fn_flags & FZ_NEVER) && cache >= 0 && cache <= most_cache) || fz_code_broken(r);
}

/* Opcodes, literals (`literals` of them, of which last_literal are in the image) and the run-time cache. */
static void fz_make_block(zend_op_array *code, const fz_code_numbers *n, uint32_t literals, int32_t slots)
{
	/* One more, of zeros: to choose a handler, Zend looks at the opcode that follows. */
	const size_t ops = ZEND_MM_ALIGNED_SIZE_EX(sizeof(zend_op) * ((size_t) n->last + 1), 16);
	const size_t cache = ZEND_MM_ALIGNED_SIZE_EX(n->cache_size + slots, sizeof(void *));
	char *block = ecalloc(1, ops + sizeof(zval) * literals + cache);

	code->opcodes = (zend_op *) block;
	code->last = n->last;
	code->literals = literals ? (zval *) (block + ops) : NULL;
	code->cache_size = (int) cache;
	ZEND_MAP_PTR_INIT(code->run_time_cache, (void **) (block + ops + sizeof(zval) * literals));
}

static bool fz_get_numbers(fz_code_reader *r, zend_op_array *code, fz_code_numbers *n)
{
	if (!fz_code_get(r, n, sizeof *n) || !fz_check_numbers(r, n)) {
		return false;
	}
	code->type = ZEND_USER_FUNCTION;
	memcpy(code->arg_flags, n->arg_flags, sizeof code->arg_flags);
	code->fn_flags = fz_code_flags(n->fn_flags);
#if PHP_VERSION_ID >= 80600
	code->fn_flags2 = n->fn_flags2;
#endif
	code->required_num_args = n->required_num_args;
	code->T = n->T + ZEND_OBSERVER_ENABLED; /* observers want one more; the writer may have had none */
	code->line_start = n->line_start;
	code->line_end = n->line_end;
	return true;
}

static bool fz_get_names(fz_code_reader *r, zend_op_array *code, const fz_code_numbers *n)
{
	if (!fz_code_get_string(r, &code->function_name) || !fz_code_get_string(r, &code->doc_comment)) {
		return false;
	}
	if (!code->function_name) {
		return fz_code_broken(r);
	}
	if (!n->last_var) {
		return true;
	}
	code->vars = safe_emalloc(n->last_var, sizeof(zend_string *), 0);
	for (; (uint32_t) code->last_var < n->last_var; code->last_var++) {
		zend_string **name = &code->vars[code->last_var];

		if (!fz_code_get_string(r, name) || !*name) {
			return fz_code_broken(r);
		}
	}
	return true;
}

static bool fz_get_ranges(fz_code_reader *r, zend_op_array *code, const fz_code_numbers *n)
{
	if (n->last_live_range) {
		code->last_live_range = (int) n->last_live_range;
		code->live_range = safe_emalloc(n->last_live_range, sizeof *code->live_range, 0);
		if (!fz_code_get(r, code->live_range, n->last_live_range * sizeof *code->live_range)) {
			return false;
		}
	}
	if (n->last_try_catch) {
		code->last_try_catch = (int) n->last_try_catch;
		code->try_catch_array = safe_emalloc(n->last_try_catch, sizeof *code->try_catch_array, 0);
		if (!fz_code_get(r, code->try_catch_array, n->last_try_catch * sizeof *code->try_catch_array)) {
			return false;
		}
	}
	return true;
}

static bool fz_get_literals(fz_code_reader *r, zend_op_array *code, const fz_code_numbers *n)
{
	for (; (uint32_t) code->last_literal < n->last_literal; code->last_literal++) {
		zval *literal = &code->literals[code->last_literal];
		uint32_t extra;

		if (!fz_code_get_value(r, literal)) {
			return false;
		}
		if (!fz_code_get_u32(r, &extra)) {
			code->last_literal++;
			return false;
		}
		Z_EXTRA_P(literal) = extra;
	}
	return true;
}

static bool fz_get_statics(fz_code_reader *r, zend_op_array *code, const fz_code_numbers *n, bool values)
{
	if (!n->statics) {
		return true;
	}
	code->static_variables = zend_new_array(n->statics);
	zend_hash_real_init_mixed(code->static_variables);
	for (uint32_t i = 0; i < n->statics; i++) {
		zend_string *name;
		zval value, *added;
		uint8_t later = 0;

		if (!fz_code_get_string(r, &name)) {
			return false;
		}
		if (!name) {
			return fz_code_broken(r);
		}
		added = zend_hash_add(code->static_variables, name, &EG(uninitialized_zval));
		zend_string_release(name);
		if (!added) {
			return fz_code_broken(r);
		}
		if (!values) {
			continue;
		}
		if (!fz_code_get_u8(r, &later) || !fz_code_get_value(r, &value)) {
			return false;
		}
		ZVAL_COPY_VALUE(added, &value);
		if (later) {
			FZ_SET_LATER(added);
		}
	}
	return true;
}

static bool fz_get_code(fz_code_reader *r, zend_op_array *code, bool inner);

static bool fz_get_functions(fz_code_reader *r, zend_op_array *code, const fz_code_numbers *n)
{
	zend_op_array *inner;

	if (!n->functions) {
		return true;
	}
	code->dynamic_func_defs = safe_emalloc(n->functions, sizeof(zend_op_array *) + sizeof(zend_op_array), 0);
	inner = (zend_op_array *) (code->dynamic_func_defs + n->functions);
	for (; code->num_dynamic_func_defs < n->functions; inner++) {
		if (!fz_get_code(r, inner, true)) {
			if (!code->num_dynamic_func_defs) {
				efree(code->dynamic_func_defs); /* destroy_op_array() would not */
			}
			return false;
		}
		code->dynamic_func_defs[code->num_dynamic_func_defs++] = inner;
	}
	return true;
}

static bool fz_get_parts(fz_code_reader *r, zend_op_array *code, const fz_code_numbers *n, uint32_t literals, bool inner)
{
	if (!fz_get_names(r, code, n) || !fz_get_ranges(r, code, n) || !fz_get_literals(r, code, n)
		|| !fz_get_statics(r, code, n, inner)) {
		return false;
	}
	code->num_args = n->num_args;
	if (!fz_code_get_signature(r, code)) {
		return false;
	}
	return fz_code_get_attributes(r, &code->attributes) && fz_get_functions(r, code, n) && fz_code_get_ops(r, code, literals);
}

static bool fz_get_code(fz_code_reader *r, zend_op_array *code, bool inner)
{
	fz_code_numbers n;
	uint32_t literals;

	memset(code, 0, sizeof *code);
	if (r->depth >= FZ_MAX_DEPTH) {
		return fz_code_broken(r);
	}
	if (!fz_get_numbers(r, code, &n) || !fz_code_get_string(r, &code->filename)) {
		return false;
	}
	if (!code->filename) {
		return fz_code_broken(r);
	}
	literals = n.last_literal + n.additions;
	fz_make_block(code, &n, literals, r->slots);
	code->refcount = emalloc(sizeof *code->refcount);
	*code->refcount = 1;
	r->depth++;
	if (!fz_get_parts(r, code, &n, literals, inner)) {
		fz_code_release(code);
		return false;
	}
	r->depth--;
	return true;
}

bool fz_code_read(fz_code_reader *r, zend_op_array *code)
{
	memset(code, 0, sizeof *code);
	return fz_check_header(r) && fz_get_code(r, code, false);
}

void fz_code_set_scope(zend_op_array *code, zend_class_entry *scope)
{
	code->scope = scope;
	for (uint32_t i = 0; i < code->num_dynamic_func_defs; i++) {
		fz_code_set_scope(code->dynamic_func_defs[i], scope);
	}
}

void fz_code_release(zend_op_array *code)
{
	/* As Zend does it: each closure has a table of its own, and that of the prototype ends with the prototype. */
	if (code->static_variables) {
		zend_array_destroy(code->static_variables);
		code->static_variables = NULL;
	}
	destroy_op_array(code);
	memset(code, 0, sizeof *code);
}
