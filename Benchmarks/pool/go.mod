module example.org/overhead/pool

go 1.19
