<?php

// Arguments: a number. Output by every way that ends in the response.
header('X-Guest: must not be sent');
echo "guest $argv[1]\n";
ob_start();
print("buffered $argv[1]\n");
ob_end_flush();
fwrite(fopen('php://output', 'w'), "stream $argv[1]\n");

return (int) $argv[1] * 2;
