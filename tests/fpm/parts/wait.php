<?php

usleep((int) ($argv[1] * 1e6));
echo "waited\n";
