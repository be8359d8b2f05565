<?php
//# options: --cancel-after 150
//# stderr: cancel: Stopped
//# status: 124
//# seconds: 5
sleep(60);
