--TEST--
Hazard 8: fatal errors, exit, limits and cancellation in every kind of callback and nested call; nothing leaks, the guest goes on
--FILE--
<?php
require __DIR__ . '/../support.inc';

Probe::start();
$vm = FfiZts::boot(['threads' => 2, 'ini' => ['memory_limit' => '32M', 'display_errors' => 0]]);
$ends = [
    'fatal' => '@trigger_error("bail", E_USER_ERROR);',
    'exit' => 'exit(5);',
    'memory' => 'str_repeat("x", 1 << 30);',
    'throw' => 'throw new DomainException("thrown");',
];
$places = [
    'output handler' => 'ob_start(function ($b) { END; return $b; }); echo "x"; ob_end_flush();',
    'output handler at the end' => 'ob_start(function ($b) { END; return $b; }); echo "x";',
    'shutdown function' => 'register_shutdown_function(function () { END });',
    'destructor' => 'class D { function __destruct() { END } } $d = new D; unset($d);',
    'destructor at the end' => 'class D { function __destruct() { END } } $GLOBALS["d"] = new D;',
    'error handler' => 'set_error_handler(function () { END }); echo $undefined;',
    'exception handler' => 'set_exception_handler(function () { END }); throw new Exception;',
    'autoloader' => 'spl_autoload_register(function () { END }); class_exists("X");',
    'sort' => '$a = range(1, 50); usort($a, function () { END });',
    'array_map in array_map' => 'array_map(fn () => array_map(function () { END }, [1]), [1]);',
    'generator' => '(function () { END; yield; })()->current();',
    'generator finally' => '$g = (function () { try { yield 1; } finally { END } })(); $g->current(); unset($g);',
    'iterator' => 'class I implements IteratorAggregate { function getIterator(): Iterator { END } } foreach (new I as $x);',
    'fiber' => '(new Fiber(function () { END }))->start();',
    'preg callback' => 'preg_replace_callback("/x/", function () { END }, "x");',
    'xml parser' => '$p = xml_parser_create(); xml_set_element_handler($p, function () { END }, null); xml_parse($p, "<a/>", true);',
    'stream wrapper' => 'class W { public $context; function stream_open() { END } } stream_wrapper_register("wrap", "W"); fopen("wrap://x", "r");',
    'stream filter' => 'class F extends php_user_filter { function filter($i, $o, &$c, bool $x): int { END } } stream_filter_register("f", "F"); $f = fopen("php://memory", "w+"); stream_filter_append($f, "f"); fwrite($f, "x");',
    'session handler' => 'class S implements SessionHandlerInterface { function open($a, $b): bool { END } function close(): bool { return true; } function read($a): string { return ""; } function write($a, $b): bool { return true; } function destroy($a): bool { return true; } function gc($a): int { return 1; } } ini_set("session.use_cookies", 0); ini_set("session.cache_limiter", ""); session_set_save_handler(new S); session_start();',
    'header callback' => 'header_register_callback(function () { END }); echo "x";',
    'sqlite function' => '$d = new PDO("sqlite::memory:"); $d->sqliteCreateFunction("f", function () { END }); $d->query("select f()");',
    'serialize' => 'class Z { function __serialize(): array { END } } serialize(new Z);',
    'json' => 'class J implements JsonSerializable { function jsonSerialize(): mixed { END } } json_encode(new J);',
    'tick' => 'declare(ticks=1); register_tick_function(function () { END }); $x = 1;',
    'include' => 'include "data:text/plain,"; eval("END");',
    'curl' => '$c = curl_init("file:///etc/hostname"); curl_setopt($c, CURLOPT_WRITEFUNCTION, function ($c, $d) { END }); curl_exec($c);',
    'assert' => 'ini_set("zend.assertions", 1); assert((function () { END })());',
    'to string' => 'class T { function __toString() { END } } "$x" . new T;',
];
$outcomes = [];
foreach ($places as $place => $code) {
    foreach ($ends as $end => $text) {
        ob_start();
        $file = script(str_replace(['"END"', 'END'], [var_export($text, true), $text], $code));
        try {
            $outcome = 'exit ' . $vm->runScript($file)->exitCode;
        } catch (FfiZts\ScriptException $e) {
            $outcome = preg_match('/bail|Allowed memory|thrown/', $e->getMessage(), $m) ? $m[0] : $e->getMessage();
        } catch (Throwable $e) {
            $outcome = $e->getMessage();
        }
        $expected = ['fatal' => ['bail'], 'exit' => ['exit 5'], 'memory' => ['Allowed memory'], 'throw' => ['thrown']][$end];
        if (!in_array($outcome, $expected, true)) {
            $outcomes[$outcome][] = "$place: $end";
        }
        unset($e);
        ob_end_clean();
    }
}
foreach ($outcomes as $outcome => $where) {
    echo $outcome, ' <- ', implode(', ', $where), "\n";
}
echo $vm->runScript(script('return "goes on";'))->value, "\n";
Probe::assertSame();
?>
--EXPECT--
goes on
same
