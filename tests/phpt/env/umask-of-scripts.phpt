--TEST--
Each script has the host's umask of its call, whatever earlier ones on the same worker have asked or set
--FILE--
<?php
require __DIR__ . '/../support.inc';

$vm = FfiZts::boot(['threads' => 1]);
$asks = script('return decoct(umask());');
$sets = script('umask(0077); return decoct(umask());');
$quiet = script('touch($argv[1]); return decoct(fileperms($argv[1]) & 0777);');
$run = function (string $script) use ($vm): string {
    @unlink(tmp('made'));
    return $vm->runScript($script, [tmp('made')])->value;
};
foreach ([0022, 0027, 0007] as $mask) {
    umask($mask);
    echo decoct($mask), ': ', implode(' ', array_map($run, [$quiet, $asks, $quiet, $quiet, $sets, $quiet, $quiet])), ', tasks ',
        decoct($vm->run('umask')->await()), ' ', $run($quiet), ' ', decoct(umask()), "\n";
}
?>
--EXPECT--
22: 644 22 644 644 77 644 644, tasks 22 644 22
27: 640 27 640 640 77 640 640, tasks 27 640 27
7: 660 7 660 660 77 660 660, tasks 7 660 7
