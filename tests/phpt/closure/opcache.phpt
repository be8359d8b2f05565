--TEST--
The same with opcache and its JIT on either side, or on both
--SKIPIF--
<?php
require __DIR__ . '/closure.inc';
if (other_minor()) die('skip closures cross within one minor of PHP');
if (!file_exists(ini_get('extension_dir') . '/opcache.so')) die('skip the host has no opcache');
?>
--FILE--
<?php
require __DIR__ . '/closure.inc';

compare_with(null, null);
compare_with(null, 'tracing');
compare_with('off', null);
compare_with('off', 'off');
compare_with('tracing', null);
compare_with('tracing', 'tracing');
compare_with('function', 'tracing');
compare_with('tracing', 'function');
?>
--EXPECT--
none     → none     status 0: same
none     → tracing  status 0: same
off      → none     status 0: same
off      → off      status 0: same
tracing  → none     status 0: same
tracing  → tracing  status 0: same
function → tracing  status 0: same
tracing  → function status 0: same
