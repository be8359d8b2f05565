--TEST--
Whatever the umask is, the cache is its user's alone, and it is used
--FILE--
<?php
require __DIR__ . '/../support.inc';

$script = script('$vm = FfiZts::boot(); echo $vm->run("strtolower", ["RUNS"])->await(), "\n";');
foreach (['0000', '0022', '0027', '0077'] as $mask) {
    $home = tmp("home-$mask");
    $command = ['sh', '-c', "umask $mask; exec \"\$@\"", 'sh', ...php_command(), $script];
    echo $mask, ': ', run($command, environment: ['XDG_CACHE_HOME' => "$home/cache"] + getenv())['out'];
    $found = new RecursiveIteratorIterator(new RecursiveDirectoryIterator($home, FilesystemIterator::SKIP_DOTS), RecursiveIteratorIterator::SELF_FIRST);
    $kept = 0;
    printf("  %04o .\n", fileperms($home) & 07777);
    foreach ($found as $path => $file) {
        $kept += $file->isFile();
        if ($file->getPerms() & 077) {
            printf("  %04o %s\n", $file->getPerms() & 07777, substr($path, strlen($home) + 1));
        }
    }
    echo $kept > 0 ? "  something is kept\n" : "  nothing is kept\n";
}
?>
--EXPECT--
0000: runs
  0700 .
  something is kept
0022: runs
  0700 .
  something is kept
0027: runs
  0700 .
  something is kept
0077: runs
  0700 .
  something is kept
