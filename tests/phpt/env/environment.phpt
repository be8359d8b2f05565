--TEST--
Each job has an environment of its own: the host's at its start, changed for nobody else
--ENV--
FZ_FROM_HOST=start
--FILE--
<?php
require __DIR__ . '/../support.inc';

putenv('FZ_EMPTY=');
Probe::start();
$vm = FfiZts::boot(['threads' => 1]);
$look = script('return [getenv("FZ_FROM_HOST"), getenv("FZ_EMPTY"), getenv("FZ_LATER"), getenv("FZ_GUEST"), $_SERVER["FZ_FROM_HOST"] ?? null,
    isset(getenv()["FZ_FROM_HOST"]), getenv("FZ_FROM_HOST", true), getenv("NO_SUCH"), $_ENV["FZ_FROM_HOST"] ?? null];');
echo json_encode($vm->runScript($look)->value), "\n";
$change = script(<<<'PHP'
    putenv('FZ_GUEST=guest');
    putenv('FZ_FROM_HOST=changed');
    putenv('FZ_EMPTY');
    putenv('PATH=/nowhere');
    $child = proc_open(['/usr/bin/env'], [1 => ['pipe', 'w']], $pipes);
    $seen = stream_get_contents($pipes[1]);
    proc_close($child);
    return [getenv('FZ_GUEST'), getenv('FZ_FROM_HOST'), getenv('FZ_EMPTY'), str_contains($seen, "FZ_GUEST=guest\n"), str_contains($seen, "FZ_FROM_HOST=changed\n")];
    PHP);
echo json_encode($vm->runScript($change)->value), "\n";
echo json_encode([getenv('FZ_FROM_HOST'), getenv('FZ_GUEST'), getenv('PATH') !== '/nowhere']), "\n";
echo json_encode($vm->runScript($look)->value), "\n";
Probe::assertSame();
// What the host changes, later jobs see.
putenv('FZ_LATER=later');
putenv('FZ_FROM_HOST=other');
putenv('FZ_EMPTY');
echo json_encode($vm->runScript($look)->value), "\n";
thrown(fn () => $vm->runScript(script('putenv("=x");')));
thrown(fn () => $vm->runScript(script('putenv("");')));
?>
--EXPECT--
["start","",false,false,"start",true,"start",false,"start"]
["guest","changed",false,true,true]
["start",false,true]
["start","",false,false,"start",true,"start",false,"start"]
same
["other",false,"later",false,"other",true,"other",false,"other"]
ValueError: putenv(): Argument #1 ($assignment) must have a valid syntax
ValueError: putenv(): Argument #1 ($assignment) must have a valid syntax
