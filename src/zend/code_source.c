/*
 * The code of a closure as its source has it. What the compiler and opcache have made of a source is true for this PHP: they put in the
 * values of its constants, the answers of extension_loaded(), function_exists(), ini_get() and other calls, and leave out the branches
 * that these rule out. None of that can be undone in the code. So the source is compiled once more, without any of it, and the closure
 * is found in that by its label (code_label.c), which also says that the source is still the same.
 *
 * The compiler sees tables of its own: PHP's functions, none of the program's, no classes. So it neither declares anything nor looks at
 * what the program has declared. Nobody hears of its warnings a second time. php-src: opcache_compile_file(), compile_file().
 *
 * Threads: what is kept is one thread's and its request's.
 *
 * Bailouts. The compiler may leave by one (there is no memory): what is the compiler's is put back then.
 */
#include "code_source.h"

#include "php_streams.h"
#include "zend_arena.h"
#include "zend_stream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The last one: closures of one file are sent one after the other. */
static __thread fz_compiled_source *fz_kept_source;

/* Larger ones take too much memory to stay. */
#define FZ_KEEP_SOURCE_UP_TO (256 * 1024)

/* --- reading --- */

static zend_string *fz_read_plain(const char *file)
{
	zend_string *text = NULL;
	struct stat facts;
	size_t len = 0;
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		return NULL;
	}
	if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode)) {
		ssize_t got;

		text = zend_string_alloc((size_t) facts.st_size, 0);
		while ((got = read(fd, ZSTR_VAL(text) + len, ZSTR_LEN(text) - len)) > 0) {
			len += (size_t) got;
		}
		if (len != ZSTR_LEN(text)) {
			zend_string_efree(text);
			text = NULL;
		}
	}
	close(fd);
	return text;
}

/* The text of a source; NULL: it is not there, or of a kind that cannot be read again (eval, a wrapper of the program's). */
static zend_string *fz_read_source(const zend_string *file)
{
	php_stream *stream;
	zend_string *text;

	if (ZSTR_VAL(file)[0] == '/') {
		return fz_read_plain(ZSTR_VAL(file));
	}
	if (strncmp(ZSTR_VAL(file), ZEND_STRL("phar://")) != 0 || !(stream = php_stream_open_wrapper(ZSTR_VAL(file), "rb", 0, NULL))) {
		return NULL;
	}
	text = php_stream_copy_to_mem(stream, PHP_STREAM_COPY_ALL, 0);
	php_stream_close(stream);
	return text;
}

/* --- compiling --- */

/* What is the compiler's, and the last error: put back afterwards. */
typedef struct {
	HashTable *functions, *classes, *callable;
	zend_arena *arena;
	uint32_t options;
	int reporting, error_type, error_line;
	zend_string *error, *error_file;
	zval handler;
} fz_compiler;

static void fz_take_compiler(fz_compiler *before, fz_compiled_source *source)
{
	*before = (fz_compiler) { CG(function_table), CG(class_table), EG(function_table), CG(arena), CG(compiler_options), EG(error_reporting),
		PG(last_error_type), PG(last_error_lineno), PG(last_error_message), PG(last_error_file), EG(user_error_handler) };
	CG(function_table) = &source->functions;
	CG(class_table) = &source->classes;
	CG(arena) = source->arena;
	CG(compiler_options) |= ZEND_COMPILE_HANDLE_OP_ARRAY | ZEND_COMPILE_IGNORE_INTERNAL_CLASSES
		| ZEND_COMPILE_NO_CONSTANT_SUBSTITUTION | ZEND_COMPILE_NO_PERSISTENT_CONSTANT_SUBSTITUTION | ZEND_COMPILE_WITHOUT_EXECUTION
		| ZEND_COMPILE_IGNORE_OBSERVER;
	EG(error_reporting) &= E_FATAL_ERRORS;
	ZVAL_UNDEF(&EG(user_error_handler));
	PG(last_error_message) = PG(last_error_file) = NULL;
}

static void fz_put_compiler_back(const fz_compiler *before, fz_compiled_source *source)
{
	source->arena = CG(arena); /* it grows */
	CG(function_table) = before->functions;
	CG(class_table) = before->classes;
	EG(function_table) = before->callable;
	CG(arena) = before->arena;
	CG(compiler_options) = before->options;
	EG(error_reporting) = before->reporting;
	ZVAL_COPY_VALUE(&EG(user_error_handler), &before->handler);
	if (PG(last_error_message)) {
		zend_string_release(PG(last_error_message));
		zend_string_release(PG(last_error_file));
	}
	PG(last_error_type) = before->error_type;
	PG(last_error_lineno) = before->error_line;
	PG(last_error_message) = before->error;
	PG(last_error_file) = before->error_file;
}

/* What it does must be in memory when the compiler leaves by longjmp. */
zend_never_inline void fz_with_compiler(fz_compiled_source *source, fz_compiler_work *work, const void *argument)
{
	volatile bool bailed = false;
	fz_compiler before;

	fz_take_compiler(&before, source);
	zend_try {
		work(source, argument);
	} zend_catch {
		bailed = true;
	} zend_end_try();
	fz_put_compiler_back(&before, source);
	if (bailed) {
		zend_bailout(); /* the heap is about to go, and the source with it; the arena is of it */
	}
	if (EG(exception)) {
		zend_clear_exception(); /* what made sense when it was compiled first makes none now: settings have changed */
	}
}

static void fz_compile_text(fz_compiled_source *source, const void *argument)
{
	const zend_string *text = argument;
	zend_file_handle handle;

	zend_stream_init_filename_ex(&handle, source->file);
	handle.opened_path = zend_string_copy(source->file);
	handle.len = ZSTR_LEN(text);
	handle.buf = emalloc(handle.len + ZEND_MMAP_AHEAD);
	memcpy(handle.buf, ZSTR_VAL(text), handle.len);
	memset(handle.buf + handle.len, 0, ZEND_MMAP_AHEAD);
	source->main = compile_file(&handle, ZEND_REQUIRE);
	zend_destroy_file_handle(&handle);
}

static void fz_fill_functions(HashTable *functions)
{
	zend_string *name;
	zend_function *function;

	zend_hash_init(functions, zend_hash_num_elements(EG(function_table)), NULL, NULL, 0);
	zend_hash_real_init_mixed(functions);
	ZEND_HASH_FOREACH_STR_KEY_PTR(EG(function_table), name, function) {
		if (function->type == ZEND_INTERNAL_FUNCTION && name) {
			zend_hash_add_new_ptr(functions, name, function);
		}
	} ZEND_HASH_FOREACH_END();
}

static void fz_free_source(fz_compiled_source *source)
{
	zend_function *function;

	if (source->main) {
		destroy_op_array(source->main);
		efree(source->main);
	}
	ZEND_HASH_FOREACH_PTR(&source->functions, function) {
		if (function->type == ZEND_USER_FUNCTION) {
			destroy_op_array(&function->op_array);
		}
	} ZEND_HASH_FOREACH_END();
	zend_hash_destroy(&source->functions);
	zend_hash_destroy(&source->classes);
	zend_hash_destroy(&source->known);
	zend_hash_destroy(&source->optimised);
	zend_arena_destroy(source->arena);
	zend_string_release(source->file);
	efree(source);
}

static fz_compiled_source *fz_compile_source(zend_string *file, uint64_t hash, const zend_string *text)
{
	fz_compiled_source *source = ecalloc(1, sizeof *source);

	source->file = zend_string_copy(file);
	source->hash = hash;
	source->arena = zend_arena_create(64 * 1024);
	fz_fill_functions(&source->functions);
	zend_hash_init(&source->classes, 8, NULL, ZEND_CLASS_DTOR, 0);
	zend_hash_init(&source->known, 0, NULL, NULL, 0);
	zend_hash_init(&source->optimised, 0, NULL, NULL, 0);
	fz_with_compiler(source, fz_compile_text, text);
	return source;
}

/* --- finding --- */

typedef struct {
	uint64_t label;
	zend_op_array *found;
	bool twice;
} fz_search;

static void fz_search_code(fz_search *search, zend_op_array *code)
{
	if (fz_label_of(code) == search->label) {
		search->twice = search->found != NULL;
		search->found = code;
	}
	for (uint32_t i = 0; i < code->num_dynamic_func_defs; i++) {
		fz_search_code(search, code->dynamic_func_defs[i]);
	}
}

static void fz_search_function(fz_search *search, zend_function *function)
{
	if (function->type == ZEND_USER_FUNCTION) {
		fz_search_code(search, &function->op_array);
	}
}

static void fz_search_class(fz_search *search, zend_class_entry *ce)
{
	zend_function *function;

	ZEND_HASH_FOREACH_PTR(&ce->function_table, function) {
		fz_search_function(search, function);
	} ZEND_HASH_FOREACH_END();
#if PHP_VERSION_ID >= 80400
	zend_property_info *property;

	ZEND_HASH_FOREACH_PTR(&ce->properties_info, property) {
		for (uint32_t i = 0; property->hooks && i < ZEND_PROPERTY_HOOK_COUNT; i++) {
			if (property->hooks[i]) {
				fz_search_function(search, property->hooks[i]);
			}
		}
	} ZEND_HASH_FOREACH_END();
#endif
}

static zend_op_array *fz_search_source(fz_compiled_source *source, uint64_t label)
{
	fz_search search = { .label = label };
	zend_function *function;
	zend_class_entry *ce;

	if (!source->main) {
		return NULL;
	}
	fz_search_code(&search, source->main);
	ZEND_HASH_FOREACH_PTR(&source->functions, function) {
		fz_search_function(&search, function);
	} ZEND_HASH_FOREACH_END();
	ZEND_HASH_FOREACH_PTR(&source->classes, ce) {
		fz_search_class(&search, ce);
	} ZEND_HASH_FOREACH_END();
	return search.twice ? NULL : search.found;
}

static bool fz_same_variables(const HashTable *one, const HashTable *two)
{
	if (!one || !two) {
		return one == two;
	}
	for (uint32_t i = 0; i < one->nNumUsed && one->nNumUsed == two->nNumUsed; i++) {
		if (!one->arData[i].key || !two->arData[i].key || !zend_string_equals(one->arData[i].key, two->arData[i].key)) {
			return false;
		}
	}
	return one->nNumUsed == two->nNumUsed;
}

/* A label is short; what a message tells beside the image depends on the variables. */
static bool fz_same_closure(const zend_op_array *one, const zend_op_array *two)
{
	return one->line_start == two->line_start && one->line_end == two->line_end && one->num_args == two->num_args
		&& one->required_num_args == two->required_num_args && fz_same_variables(one->static_variables, two->static_variables);
}

/* The compiled source of a label, or NULL: it is not there any more, or another one. */
static fz_compiled_source *fz_source_of(zend_string *file, uint64_t label)
{
	fz_compiled_source *source = fz_kept_source;
	zend_string *text;
	uint64_t hash;

	if (source && zend_string_equals(source->file, file) && fz_label_is_of(label, source->hash)) {
		return source;
	}
	text = fz_read_source(file);
	if (!text) {
		return NULL;
	}
	hash = fz_label_hash(ZSTR_VAL(text), ZSTR_LEN(text));
	source = fz_label_is_of(label, hash) ? fz_compile_source(file, hash, text) : NULL;
	if (source && ZSTR_LEN(text) <= FZ_KEEP_SOURCE_UP_TO && fz_closures_keep()) {
		fz_sources_drop();
		fz_kept_source = source;
	}
	zend_string_release(text);
	return source;
}

bool fz_code_from_source(const zend_op_array *code, fz_code_use *use, void *context)
{
	const uint64_t label = fz_label_of(code);
	fz_compiled_source *source = label && code->filename ? fz_source_of(code->filename, label) : NULL;
	zend_op_array *found = source ? fz_search_source(source, label) : NULL;

	if (found && !fz_same_closure(code, found)) {
		found = NULL;
	}
	if (found) {
		const bool optimised = !code->refcount; /* opcache's */

		if (optimised) {
			fz_code_optimise(source, found);
		}
		use(found, optimised, context);
	}
	if (source && source != fz_kept_source) {
		fz_free_source(source);
	}
	return found != NULL;
}

void fz_sources_drop(void)
{
	fz_compiled_source *source = fz_kept_source;

	if (source) {
		fz_kept_source = NULL;
		fz_free_source(source);
	}
}
