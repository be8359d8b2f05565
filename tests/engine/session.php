<?php
//# options: --jobs 6 --threads 3 --parallel --ini session.use_cookies=0 --ini session.cache_limiter=
//# valgrind
//# stdout: session works
$directory = sys_get_temp_dir() . '/ffi_zts-session-' . getmypid();
@mkdir($directory);
session_save_path($directory);
session_id('s' . spl_object_id(new stdClass()) . bin2hex(random_bytes(8)));
session_start();
$_SESSION['n'] = 41;
$id = session_id();
session_write_close();
$_SESSION = [];
session_id($id);
session_start();
echo $_SESSION['n'] + 1 === 42 ? "session works\n" : "session lost\n";
session_destroy();
@rmdir($directory);
