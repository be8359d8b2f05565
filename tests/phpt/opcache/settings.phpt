--TEST--
Settings of opcache in a guest: restrict_api, validate_permission, lockfile_path, huge_code_pages, a huge JIT buffer
--FILE--
<?php
require __DIR__ . '/../support.inc';

mkdir(tmp('admin'));
script('return [opcache_reset(), is_array(opcache_get_status())];', 'admin/in.php');
script('return [@opcache_reset(), @opcache_get_status(), error_get_last()["message"]];', 'out.php');
$code = static fn (): string => implode("\n", array_filter(
    explode("\n", (string) file_get_contents('/proc/self/maps')),
    static fn (string $line): bool => str_contains($line, 'r-xp') && str_contains($line, basename(readlink('/proc/self/exe')))
));
$before = $code();
$vm = FfiZts::boot(['threads' => 2, 'extensions' => ['opcache'], 'ini' => [
    'opcache.restrict_api' => tmp('admin'), 'opcache.validate_permission' => 1, 'opcache.lockfile_path' => tmp(), 'opcache.huge_code_pages' => 1,
    'opcache.jit' => 'tracing', 'opcache.jit_buffer_size' => '512M', 'opcache.file_update_protection' => 0]]);
echo json_encode($vm->runScript(tmp('admin/in.php'))->value), "\n", json_encode($vm->runScript(tmp('out.php'))->value), "\n";
echo $code() === $before ? "the host's code is where it was\n" : "the host's code was moved\n";
echo $vm->info()['opcache']['jit_state'], "\n";
?>
--EXPECT--
[true,true]
[false,false,"Zend OPcache API is restricted by \"restrict_api\" configuration directive"]
the host's code is where it was
on, tracing, a buffer of 512M
