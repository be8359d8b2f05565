--TEST--
Hazard 14: the descriptors of the process are the same before and after jobs that open, leak and close streams
--FILE--
<?php
require __DIR__ . '/../support.inc';

foreach (['ffi-zts', 'cli'] as $name) {
    ended(php('
        $vm = FfiZts::boot(["sapi_name" => ' . var_export($name, true) . ', "threads" => 1]);
        $vm->runScript(script(""));
        Probe::start();
        foreach (["fopen(__FILE__, \"r\"); \$GLOBALS[\"leak\"] = fopen(__FILE__, \"r\");", "fclose(STDOUT); fclose(STDIN); fclose(STDERR);",
            "foreach ([\"stdin\" => \"r\", \"stdout\" => \"w\", \"stderr\" => \"w\", \"output\" => \"w\", \"memory\" => \"w\", \"temp\" => \"w\", \"input\" => \"r\"] as \$n => \$m) fclose(fopen(\"php://\$n\", \$m));",
            "tmpfile(); opendir(\".\"); stream_socket_pair(STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0); popen(\"true\", \"r\"); new SplFileObject(__FILE__); exit(3);",
            "fopen(__FILE__, \"r\"); throw new Exception;", "\$f = fopen(__FILE__, \"r\"); @trigger_error(\"\", E_USER_ERROR);", "\$d = new PDO(\"sqlite:" . tmp("x.db") . "\"); \$d->exec(\"create table t (x)\"); curl_init(\"http://localhost\");"] as $code) {
            for ($i = 0; $i < 3; $i++) {
                try { $vm->runScript(script(\'$f = 0; \' . str_replace("create table t", "create table if not exists t", $code))); } catch (Throwable) {}
            }
            Probe::assertSame(strict: true);
        }
        fwrite(STDOUT, "STDOUT is here\n");'));
}
?>
--EXPECT--
status 0: same
same
same
same
same
same
same
STDOUT is here
status 0: same
same
same
same
same
same
same
STDOUT is here
