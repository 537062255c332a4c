@echo off
rem Runs Libretto from a checkout on Windows; the work is done by libretto.ps1.
setlocal
set "shell=powershell"
where /q pwsh && set "shell=pwsh"
%shell% -NoLogo -NoProfile -ExecutionPolicy Bypass -File "%~dp0libretto.ps1" %*
exit /b %ERRORLEVEL%
