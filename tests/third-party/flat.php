<?php

// 1,000 jobs: prints by how many kB the process grew after the first 200.
declare(strict_types=1);

$rss = static fn (): int => (int) explode(' ', file_get_contents('/proc/self/statm'))[1] * 4;
$vm = FfiZts::boot(['threads' => 2]);
ob_start();
for ($i = 0; $i < 1000; $i++) {
    $vm->runScript(__DIR__ . '/../../examples/hello.php');
    if ($i === 200) {
        $early = $rss();
    }
}
ob_end_clean();
echo $rss() - $early, "\n";
