--TEST--
Output arrives while the script runs, not only at its end
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot();
// The job goes on only when the host has seen its line.
ob_start(function ($chunk) {
    foreach (['one', 'two', 'three'] as $word) {
        if (str_contains($chunk, $word)) {
            touch(tmp("seen-$word"));
        }
    }
    return $chunk;
}, 1);
$result = $vm->runScript(script(<<<'PHP'
    foreach (['one', 'two', 'three'] as $word) {
        echo $word, "\n";
        if ($word === 'two') flush();
        $until = microtime(true) + 30;
        while (!file_exists("$argv[1]/seen-$word")) {
            if (microtime(true) > $until) return "the host has not seen '$word'";
            usleep(500);
            clearstatcache();
        }
    }
    return 'seen while running';
    PHP), [tmp()]);
ob_end_flush();
echo $result->value, "\n";
?>
--EXPECT--
one
two
three
seen while running
