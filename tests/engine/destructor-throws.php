<?php
//# A throwable out of a destructor at the end of the request has nobody to go to, and must not take the engine along.
//# stdout: script
//# stderr: job 1
//# status: any
class Bad
{
    public function __destruct()
    {
        throw new Exception('late');
    }
}
$bad = new Bad();
echo "script\n";
