<?php
//# options: --cancel-after 150
//# stderr: cancel: Stopped
//# status: 124
//# stdout: shutdown function ran
//# seconds: 5
register_shutdown_function(fn () => print("shutdown function ran\n"));
while (true) {
}
