<?php
//# Shutdown functions and finally blocks that do not end are ended by a bailout.
//# options: --cancel-after 150
//# stderr: cancel: Stopped
//# status: 124
//# seconds: 8
register_shutdown_function(function () {
    while (true) {
    }
});
while (true) {
}
