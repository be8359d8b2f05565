<?php

// libxml's entity loader is one for the process (HAZARDS 21): each side's own is called for its own documents, by its own
// engine, also once the guest is gone.
declare(strict_types=1);

$directory = $argv[1];
file_put_contents("$directory/entity.txt", 'from the file');
require __DIR__ . '/parts/xml.php';
$said = [expand('host', $directory)];
$vm = FfiZts::boot(['threads' => 2]);
$futures = [];
for ($i = 0; $i < 2; $i++) {
    $futures[] = $vm->startScript(__DIR__ . '/parts/xml-job.php', ["guest$i", $directory]);
}
for ($i = 0; $i < 200; $i++) {
    $said[] = expand('host', $directory);
}
foreach ($futures as $i => $future) {
    $said[] = str_replace("guest$i", 'host', $future->await(30.0)->value);
}
$vm->shutdown();
$said[] = expand('host', $directory);
echo implode("\n", array_unique($said)), "\n";
